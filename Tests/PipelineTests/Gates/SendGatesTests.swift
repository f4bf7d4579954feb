import Flow
import Pipeline
import Testing
import Workers

@Suite struct SendGatesTests {
    @Test func `a limit holds in every stretch of its period, and all runs go in the end`() {
        var rig = GateRig(limits: [RateLimit(requests: 50, seconds: 1)])
        for number in 0..<400 {
            let isTaken = rig.arrive("store-\(number % 4)")
            #expect(isTaken)
        }
        while rig.ended < 400, rig.now < .seconds(30) { rig.advance() }
        #expect(rig.ended == 400)
        #expect(rig.peak(within: .seconds(1), from: .zero) <= 50)
        // No slower than the limit asks, but for the time to its first tokens.
        #expect(rig.now <= .seconds(10))
    }

    @Test func `look-ups count: runs of three requests go a third as often`() {
        var rig = GateRig(limits: [RateLimit(requests: 50, seconds: 1)])
        rig.calls = 3
        for _ in 0..<200 { _ = rig.arrive("store") }
        while rig.ended < 200, rig.now < .seconds(60) { rig.advance() }
        #expect(rig.ended == 200)
        // The burst of five may go before it is known what each of them took.
        #expect(rig.peak(within: .seconds(1), from: .zero) * 3 <= 50 + 5 * 2)
        #expect(rig.now >= .seconds(11))
        #expect(rig.now <= .seconds(20))
    }

    @Test func `a limit is shared by stores in turn: a flood of one delays another by one run each`() {
        var rig = GateRig(limits: [RateLimit(requests: 20, seconds: 1)])
        for _ in 0..<900 { _ = rig.arrive("flood") }
        for _ in 0..<200 { rig.advance() }
        let before = rig.sent.count
        for _ in 0..<10 {
            let isTaken = rig.arrive("quiet")
            #expect(isTaken)
        }
        while rig.sent.filter({ $0.store == "quiet" }).count < 10, rig.now < .seconds(60) { rig.advance() }
        let between = rig.sent[before...].prefix { _ in rig.sent.filter { $0.store == "quiet" }.count <= 10 }
        #expect(between.count { $0.store == "flood" } <= 14)
        #expect(rig.sent.count { $0.store == "quiet" } == 10)
    }

    @Test func `a store's weight is its runs per turn`() {
        var rig = GateRig(limits: [RateLimit(requests: 40, seconds: 1, burst: 1)], weights: ["big": 3])
        for _ in 0..<400 {
            _ = rig.arrive("big")
            _ = rig.arrive("small")
        }
        for _ in 0..<1_200 { rig.advance() }
        let (big, small) = (rig.sent.count { $0.store == "big" }, rig.sent.count { $0.store == "small" })
        #expect(Double(big) / Double(small) > 2.5)
        #expect(Double(big) / Double(small) < 3.5)
    }

    @Test func `a broken endpoint gets single probes, its runs are kept, and all go when it works again`() {
        var rig = GateRig()
        rig.answer = { store, now in store == "broken" && now < .seconds(60) ? .fails : .works }
        for number in 0..<1_500 {
            _ = rig.arrive(number.isMultiple(of: 2) ? "broken" : "fine")
            if number.isMultiple(of: 10) { rig.advance() }
        }
        while rig.now < .seconds(60) { rig.advance() }
        // Those on the wire when it broke, and a probe after 5, 10, 20 s …
        #expect(rig.sent.count { $0.store == "broken" } <= 128 + 10)
        #expect(rig.sent.count { $0.store == "fine" } == 750)
        while rig.ended < 1_500, rig.now < .seconds(300) { rig.advance() }
        #expect(rig.ended == 1_500)
    }

    @Test func `stores of an app that have to slow down hold up none of its other stores`() {
        var rig = GateRig(origin: "https://app")
        rig.answer = { store, _ in store == "fine" ? .works : .slowDown(.seconds(60)) }
        for number in 0..<800 { _ = rig.arrive("busy-\(number % 8)") }
        for _ in 0..<20 { rig.advance() }
        for _ in 0..<400 {
            _ = rig.arrive("fine")
            rig.advance()
        }
        for _ in 0..<20 { rig.advance() }
        #expect(rig.now < .seconds(5))
        #expect(rig.sent.count { $0.store == "fine" } == 400)
    }

    @Test func `what waits at a broken endpoint uses up no allowance that others share`() {
        var rig = GateRig(limits: [RateLimit(requests: 100, seconds: 1, burst: 10)])
        rig.answer = { store, _ in store == "broken" ? .fails : .works }
        for _ in 0..<12 {
            _ = rig.arrive("broken")
            rig.advance(by: .milliseconds(50))
        }
        let start = rig.now
        for number in 0..<800 { _ = rig.arrive(number.isMultiple(of: 2) ? "broken" : "fine") }
        while rig.sent.count(where: { $0.store == "fine" }) < 400, rig.now < .seconds(60) { rig.advance() }
        #expect(rig.now - start < .seconds(6), "400 at 100 a second")
        #expect(rig.peak(within: .seconds(1), from: .zero) <= 100)
    }

    @Test func `runs whose bytes are read again keep their place in a lane`() {
        var rig = GateRig(payloadLimit: 0, limits: [RateLimit(requests: 50, seconds: 1)])
        for _ in 0..<300 {
            let isTaken = rig.arrive("busy")
            #expect(isTaken)
        }
        while rig.ended < 300, rig.now < .seconds(30) { rig.advance() }
        #expect(rig.ended == 300)
        #expect(rig.now < .seconds(10))
    }

    @Test func `a lane keeps up with a limit that lets many through, and ends once it is worked off`() {
        var rig = GateRig(limits: [RateLimit(requests: 1_000, seconds: 1, burst: 20)])
        var number = 0
        for _ in 0..<600 where rig.arrive("busy") { number += 1 }
        let start = rig.now
        while rig.now - start < .seconds(10) {
            // 600 a second
            for _ in 0..<3 where rig.arrive("busy") { number += 1 }
            rig.advance()
        }
        #expect(number > 6_500, "what comes is taken")
        #expect(number - rig.ended < 300, "and goes out")
    }

    @Test func `memory of gates is bounded, however many there are`() {
        var gates = SendGates(.init())
        for number in 0..<250_000 {
            let route = Route(allowances: [], connector: "c", store: "\(number)", origin: "https://\(number)")
            var passes = Passes()
            while let gate = gates.next(route, passes, isRepeat: false) {
                let isOpen = gates.take(gate, route, &passes, now: .zero)
                #expect(isOpen)
            }
            _ = gates.end(route, passes, .fails, now: .zero)
        }
        #expect(gates.remembered <= 200_000)
    }

    @Test func `an endpoint that hangs leaves half of the places to the others`() {
        var rig = GateRig()
        for _ in 0..<900 { _ = rig.arrive("slow") }
        rig.latency = .seconds(10)
        rig.advance()
        #expect(rig.sent.count == 128)
        rig.latency = .milliseconds(20)
        for _ in 0..<100 { _ = rig.arrive("fast") }
        for _ in 0..<100 { rig.advance() }
        #expect(rig.sent.count { $0.store == "fast" } == 100)
    }

    @Test func `a thousand endpoints that recover at once are not sent more than half as much again`() {
        let circuit = CircuitBreaker.Settings(
            failures: 2, pause: .seconds(2), pauseCap: .seconds(4), width: 128)
        var rig = GateRig(
            settings: SendGates.Settings(circuit: circuit, budget: .init(share: 0.4, floor: 15)))
        rig.latency = .milliseconds(10)
        let outage = Duration.seconds(2)..<Duration.seconds(8)
        rig.answer = { _, now in outage.contains(now) ? .fails : .works }
        var number = 0
        func run(until end: Duration) {
            while rig.now < end {
                // 400 a second, over all endpoints.
                for _ in 0..<2 where rig.arrive("store-\(number % 1_000)") { number += 1 }
                rig.advance()
            }
        }
        run(until: outage.lowerBound)
        let steady = rig.peak(within: .seconds(1), from: .zero)
        run(until: .seconds(14))
        let peak = rig.peak(within: .seconds(1), from: outage.upperBound)
        #expect(steady <= 402)
        #expect(Double(peak) <= 1.5 * Double(steady), "\(peak) after \(steady)")
        #expect(Double(peak) >= 1.2 * Double(steady), "what the outage held back is worked off")
        while rig.ended < number, rig.now < .seconds(300) { rig.advance() }
        #expect(rig.ended == number)
    }

    @Test
    func `runs beyond what memory holds at a gate wait in the waiting topic, and leave room for others`() {
        var rig = GateRig(limits: [RateLimit(requests: 1, seconds: 1)])
        for _ in 0..<300 { _ = rig.arrive("flood") }
        for _ in 0..<100 { rig.advance() }
        let open = rig.board.open.count
        #expect(open <= 64)
        let hasRoom = rig.arrive("other")
        #expect(hasRoom)
    }
}
