import Testing

@testable import TestSupport

@Suite struct LoopbackPortTests {
    @Test func `ports differ`() async throws {
        var ports: Set<Int> = []
        for _ in 0..<50 { ports.insert(try await LoopbackPort.free()) }
        #expect(ports.count == 50)
    }

    /// A child has copies of all sockets for a moment, and a copy keeps a closed listener's port in use.
    @Test func `a free port can be listened on although children are being started`() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<40 {
                        try await ChildProcess.start("true").wait(within: .seconds(20))
                    }
                }
                group.addTask {
                    for _ in 0..<100 {
                        // Listens on a port from `LoopbackPort.free`.
                        try await TCPFaultProxy.start(targetPort: 1).stop()
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
