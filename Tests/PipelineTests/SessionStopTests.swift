import Flow
import Kafka
import Logging
import Pipeline
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct SessionStopTests {
    private struct Passing: Error {}

    private static let role = RoleConfiguration(
        kafka: KafkaConfiguration(bootstrapServers: "127.0.0.1:1"), topics: .init(), mode: .atLeastOnce,
        instance: nil)

    private static var logger: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }

    /// KAFKA-12759: a static member that comes back with other topics is given the former ones.
    @Test func `a static member is another one with other topics, and the same with the same`() {
        var role = Self.role
        func id(_ topics: [String]) -> String? {
            role.consumer(group: "g", role: "sender", topics: topics, partitionEnds: false).groupInstanceID
        }
        #expect(id(["a", "b"]) == nil, "a member that comes and goes has none")
        role.instance = "worker-1"
        #expect(id(["a", "b"])?.hasPrefix("worker-1-sender-") == true)
        #expect(id(["a", "b"]) == id(["b", "a"]))
        #expect(id(["a", "b"]) != id(["a"]))
    }

    @Test func `a session that runs is told once`() async throws {
        let (stop, told) = (SessionStop(), Signal("handler calls"))
        try await stop.whenStopping({ told.fire() }) {
            #expect(told.count == 0)
            stop.stop()
            #expect(told.count == 1)
            stop.stop()
            #expect(told.count == 1)
        }
        #expect(stop.isStopping)
    }

    @Test func `a session that begins while the process stops is told at once`() async throws {
        let (stop, told) = (SessionStop(), Signal("handler calls"))
        stop.stop()
        try await stop.whenStopping({ told.fire() }) { #expect(told.count == 1) }
        #expect(told.count == 1)
    }

    @Test func `a session that is over is not told`() async throws {
        let (stop, told) = (SessionStop(), Signal("handler calls"))
        try await stop.whenStopping({ told.fire() }) {}
        await #expect(throws: Passing.self) {
            try await stop.whenStopping({ told.fire() }) { throw Passing() }
        }
        stop.stop()
        #expect(told.count == 0)
    }

    @Test func `a pause ends when the process stops, before, during or after`() async {
        for _ in 0..<50 {
            let stop = SessionStop()
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await stop.pause(.seconds(3600)) }
                group.addTask { stop.stop() }
            }
            await stop.pause(.seconds(3600))
        }
    }

    @Test func `a pause ends by its time and when its task is cancelled`() async {
        let stop = SessionStop()
        await stop.pause(.milliseconds(1))
        let task = Task { await stop.pause(.seconds(3600)) }
        task.cancel()
        await task.value
        #expect(!stop.isStopping)
    }

    @Test func `after a passing failure the next session begins, until the process stops`() async throws {
        let sessions = Signal("sessions")
        try await Self.role.runSessions("test", Self.logger) { stop in
            sessions.fire()
            if sessions.count == 2 { stop.stop() } else { throw Passing() }
        }
        #expect(sessions.count == 2)
    }

    @Test func `a session that ends without a failure is followed by the next at once`() async throws {
        let sessions = Signal("sessions")
        try await Self.role.runSessions("test", Self.logger) { stop in
            sessions.fire()
            if sessions.count == 100 { stop.stop() }
        }
        #expect(sessions.count == 100)
    }

    @Test func `being fenced ends the role`() async throws {
        let sessions = Signal("sessions")
        let fenced = KafkaError(
            kind: .fenced, code: 82, name: "FENCED_INSTANCE_ID", what: "join", reason: "taken over")
        let error = await #expect(throws: KafkaError.self) {
            try await Self.role.runSessions("test", Self.logger) { _ in
                sessions.fire()
                throw fenced
            }
        }
        #expect(error?.kind == .fenced)
        #expect(sessions.count == 1)
    }
}
