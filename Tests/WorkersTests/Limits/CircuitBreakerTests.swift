import TestSupport
import Testing
import Workers

@Suite struct CircuitBreakerTests {
    private static let settings = CircuitBreaker.Settings(
        failures: 3, pause: .seconds(5), pauseCap: .seconds(20), width: 16)

    /// A circuit that has just opened.
    private static func opened() -> CircuitBreaker {
        var circuit = CircuitBreaker(settings)
        for _ in 0..<3 {
            if let ticket = circuit.begin(now: .zero) { circuit.end(ticket, .fails, now: .zero) }
        }
        return circuit
    }

    @Test func `failures in a row open it, and a success between them doesn't count as one`() {
        var circuit = CircuitBreaker(Self.settings)
        for signal in [CircuitBreaker.Signal.fails, .fails, .works, .fails, .fails] {
            if let ticket = circuit.begin(now: .zero) { circuit.end(ticket, signal, now: .zero) }
        }
        #expect(circuit.state == .closed)
        let ticket = circuit.begin(now: .zero)
        let value5 = ticket.flatMap { circuit.end($0, .fails, now: .zero) } == .opened(for: .seconds(5))
        #expect(value5)
        #expect(circuit.state == .open(until: .seconds(5)))
        let value6 = circuit.begin(now: .milliseconds(4_999)) == nil
        #expect(value6)
    }

    @Test func `after the pause one probe goes, and its failure doubles the pause up to the cap`() {
        var circuit = Self.opened()
        var now = Duration.seconds(5)
        for pause in [10, 20, 20] {
            let probe = circuit.begin(now: now)
            #expect(probe != nil)
            let value7 = circuit.begin(now: now) == nil
            #expect(value7)
            let value8 = probe.flatMap { circuit.end($0, .fails, now: now) } == .opened(for: .seconds(pause))
            #expect(value8)
            now += .seconds(pause)
        }
    }

    @Test func `after a success it opens up step by step`() {
        var circuit = Self.opened()
        let now = Duration.seconds(5)
        let probe = circuit.begin(now: now)
        let value9 = probe.flatMap { circuit.end($0, .works, now: now) } == .recovered
        #expect(value9)
        var rooms: [Int] = []
        for _ in 0..<5 {
            rooms.append(circuit.room(now: now))
            if let ticket = circuit.begin(now: now) { circuit.end(ticket, .works, now: now) }
        }
        #expect(rooms == [2, 4, 8, 16, 16])
    }

    @Test func `one outage opens it once, however many requests were on the way`() {
        var circuit = CircuitBreaker(Self.settings)
        let tickets = (0..<16).compactMap { _ in circuit.begin(now: .zero) }
        #expect(tickets.count == 16)
        let changes = tickets.compactMap { circuit.end($0, .fails, now: .seconds(1)) }
        #expect(changes == [.opened(for: .seconds(5))])
        #expect(circuit.state == .open(until: .seconds(6)))
    }

    @Test func `an endpoint that asks for fewer requests gets none until then, and stays closed`() {
        var circuit = CircuitBreaker(Self.settings)
        let ticket = circuit.begin(now: .zero)
        let value10 = ticket.flatMap { circuit.end($0, .slowDown(.seconds(7)), now: .zero) } == nil
        #expect(value10)
        #expect(circuit.state == .closed)
        let value11 = circuit.room(now: .milliseconds(6_999)) == 0
        #expect(value11)
        let value12 = circuit.wake(now: .zero) == .seconds(7)
        #expect(value12)
        let value13 = circuit.room(now: .seconds(7)) == 8
        #expect(value13)
    }

    @Test func `C1 to C4 hold over 5,000 random sequences`() {
        for seed in UInt64(0)..<5_000 {
            var random = SplitMix64(seed: seed)
            var circuit = CircuitBreaker(Self.settings)
            var now = Duration.zero
            var tickets: [CircuitBreaker.Ticket] = []
            var openUntil = Duration.zero
            for _ in 0..<150 {
                switch Int.random(in: 0...5, using: &random) {
                case 0: now += .milliseconds(Int64.random(in: 0...8_000, using: &random))
                case 1...3:
                    let wasProbing: Bool
                    if case .closed = circuit.state { wasProbing = false } else { wasProbing = true }
                    let inFlight = circuit.inFlight
                    guard let ticket = circuit.begin(now: now) else { continue }
                    #expect(now >= openUntil, "C1, seed \(seed)")
                    if wasProbing { #expect(inFlight == 0, "C2, seed \(seed)") }
                    tickets.append(ticket)
                    #expect(circuit.inFlight <= 16, "C4, seed \(seed)")
                default:
                    guard !tickets.isEmpty else { continue }
                    let ticket = tickets.remove(at: Int.random(in: 0..<tickets.count, using: &random))
                    let fails = Int.random(in: 0...2, using: &random) > 0
                    switch circuit.end(ticket, fails ? .fails : .works, now: now) {
                    case .opened(let pause): openUntil = now + pause
                    case .recovered: openUntil = .zero
                    case nil: break
                    }
                }
            }
            #expect(circuit.inFlight == tickets.count, "seed \(seed)")
        }
    }
}
