import TestSupport
import Testing

@testable import Outgoing

/// The pool's invariants 1 to 4, as they stand in its file, over seeded random histories.
@Suite struct ConnectionPoolPropertyTests {
    @Test func `the invariants hold over 3,000 random histories`() throws {
        try withSeed(runs: 3_000) { random in
            var history = History(using: &random)
            for _ in 0..<Int.random(in: 1...120, using: &random) { try history.step(using: &random) }
            try history.drain()
        }
    }
}

private final class TestConnection {
    let destination: Destination
    var request: TestRequest?
    init(_ destination: Destination) { self.destination = destination }
}

private final class TestRequest {
    let destination: Destination
    let number: Int
    init(_ destination: Destination, _ number: Int) {
        self.destination = destination
        self.number = number
    }
}

private struct Violation: Error, CustomStringConvertible {
    let description: String
}

private struct History {
    private let perDestination: Int
    private let total: Int
    private let destinations: [Destination]
    private var pool: ConnectionPool<TestConnection, TestRequest>
    private var opening: [Destination] = []
    private var open: [TestConnection] = []
    private var waiting: [TestRequest] = []
    private var count = 0

    init(using random: inout some RandomNumberGenerator) {
        perDestination = Int.random(in: 1...4, using: &random)
        total = Int.random(in: 1...6, using: &random)
        destinations = (1...Int.random(in: 1...3, using: &random)).map {
            Destination(isSecure: false, host: "h\($0)", port: 80)
        }
        pool = ConnectionPool(perDestination: perDestination, total: total)
    }

    mutating func step(using random: inout some RandomNumberGenerator) throws {
        switch Int.random(in: 0..<8, using: &random) {
        case 0...2: try begin(destinations.randomElement(using: &random) ?? destinations[0])
        case 3: try openNext(at: Int.random(in: 0...20, using: &random), works: true)
        case 4: try openNext(at: Int.random(in: 0...20, using: &random), works: Bool.random(using: &random))
        case 5:
            guard let connection = open.filter({ $0.request != nil }).randomElement(using: &random) else {
                break
            }
            try free(connection)
        case 6:
            guard let connection = open.randomElement(using: &random) else { break }
            open.removeAll { $0 === connection }
            pool.closed(connection, to: connection.destination)
        default:
            guard let request = waiting.randomElement(using: &random) else { break }
            waiting.removeAll { $0 === request }
            pool.withdraw(request, from: request.destination)
        }
        try settle()
    }

    /// Everything ends, so every request is carried.
    mutating func drain() throws {
        var rounds = 0
        while !waiting.isEmpty || !opening.isEmpty || open.contains(where: { $0.request != nil }) {
            rounds += 1
            guard rounds < 1_000 else { throw Violation(description: "requests wait for ever") }
            while !opening.isEmpty { try openNext(at: 0, works: true) }
            for connection in open where connection.request != nil { try free(connection) }
            try settle()
        }
    }

    private mutating func begin(_ destination: Destination) throws {
        count += 1
        let request = TestRequest(destination, count)
        guard let connection = pool.take(destination, for: request) else { return waiting.append(request) }
        try give(request, to: connection)
    }

    private mutating func openNext(at index: Int, works: Bool) throws {
        guard !opening.isEmpty else { return }
        let destination = opening.remove(at: index % opening.count)
        if works {
            let connection = TestConnection(destination)
            open.append(connection)
            if let request = pool.opened(connection, to: destination) { try hand(request, to: connection) }
        } else if let request = pool.notOpened(to: destination) {
            try leave(request)
        }
        try settle()
    }

    private mutating func free(_ connection: TestConnection) throws {
        connection.request = nil
        if let request = pool.free(connection, to: connection.destination) {
            try hand(request, to: connection)
        }
    }

    private mutating func hand(_ request: TestRequest, to connection: TestConnection) throws {
        try leave(request)
        try give(request, to: connection)
    }

    /// 4: first come, first served.
    private mutating func leave(_ request: TestRequest) throws {
        let first = waiting.first { $0.destination == request.destination }
        guard first === request else { throw Violation(description: "4: \(request.number) overtook") }
        waiting.removeAll { $0 === request }
    }

    /// 3: one request at a time, on an open connection to the same destination.
    private func give(_ request: TestRequest, to connection: TestConnection) throws {
        guard connection.request == nil, connection.destination == request.destination,
            open.contains(where: { $0 === connection })
        else { throw Violation(description: "3: a connection that can't carry it") }
        connection.request = request
    }

    private mutating func settle() throws {
        while let next = pool.nextOpening() {
            if let evicted = next.evicted {
                guard evicted.request == nil, open.contains(where: { $0 === evicted }) else {
                    throw Violation(description: "a busy connection was closed to make room")
                }
                open.removeAll { $0 === evicted }
            }
            opening.append(next.destination)
        }
        guard open.count + opening.count <= total else { throw Violation(description: "1: \(total) in all") }
        let isFull = open.count + opening.count == total
        for destination in destinations {
            let mine = open.filter { $0.destination == destination }
            let coming = opening.count { $0 == destination }
            let wanted = waiting.count { $0.destination == destination }
            let idle = mine.count { $0.request == nil }
            guard mine.count + coming <= perDestination else { throw Violation(description: "1: of one") }
            guard wanted == 0 || idle == 0 else { throw Violation(description: "3: idle while one waits") }
            let isIdleElsewhere = open.contains { $0.request == nil }
            guard coming >= wanted || mine.count + coming == perDestination || (isFull && !isIdleElsewhere)
            else {
                throw Violation(description: "2: \(wanted) wait for \(coming)")
            }
        }
    }
}
