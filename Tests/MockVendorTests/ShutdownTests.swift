// Start and end of a vendor: the port, settings that can't be, and a shutdown that nothing holds up.

import Logging
import MockVendor
import ServiceLifecycle
import Testing

@Suite(.timeLimit(.minutes(1))) struct ShutdownTests {
    private let script = """
        rules:
          - { action: slack/silent, answers: [no-answer] }
          - { action: slack/slow, answers: [{ slow_ms: 60000, then: ok }] }
        """

    /// - Parameter isSlow: with an answer that is due in a minute, and comes at once; a machine that is busy with other tests
    ///   may need a while for it.
    @Test(arguments: [false, true])
    func `silent, slow, idle and half-sent requests don't hold up a shutdown`(isSlow: Bool) async throws {
        var configuration = MockVendorConfiguration(script: try VendorScript.parse(script))
        if isSlow { configuration.drainLimit = .seconds(5) }
        let vendor = try MockVendor(configuration, logger: quietLogger)
        let group = ServiceGroup(configuration: .init(services: [vendor], logger: quietLogger))
        let (sent, note) = AsyncStream.makeStream(of: Void.self)
        try await withThrowingTaskGroup(of: Bool.self) { tasks in
            tasks.addTask {
                try await group.run()
                return true
            }
            let client = VendorClient(port: try await vendor.port)
            for number in 1...20 {
                tasks.addTask {
                    try await client.run("silent-\(number)", action: "slack/silent").status == nil
                }
            }
            if isSlow { tasks.addTask { try await client.run("slow", action: "slack/slow").status == 200 } }
            let half = Array("POST /flow/slack HTTP/1.1\r\nHost: v\r\nContent-Length: 100\r\n\r\n{".utf8)
            tasks.addTask {
                !(try await client.exchange(half, whenSent: { note.yield() })).contains("200 OK")
            }
            let idle = Array("GET /healthz HTTP/1.1\r\nHost: v\r\n\r\n".utf8)
            tasks.addTask {
                _ = try await client.exchange(idle, whenSent: { note.yield() })
                return true
            }
            var sentOnes = sent.makeAsyncIterator()
            for _ in 1...2 { await sentOnes.next() }
            try await vendor.log.wait(within: .seconds(30)) { $0.requests == (isSlow ? 21 : 20) }

            let started = ContinuousClock.now
            await group.triggerGracefulShutdown()
            for try await isAsExpected in tasks { #expect(isAsExpected) }
            // A second beyond the drain's limit is the promise; the rest is for a machine that is busy with other tests.
            #expect(ContinuousClock.now - started < (isSlow ? .seconds(8) : .seconds(3)))
        }
    }

    @Test func `a port that is taken is named, and whoever waits for it learns so`() async throws {
        try await withVendor { (_, client) async throws in
            let second = try MockVendor(MockVendorConfiguration(port: client.port), logger: quietLogger)
            let error = await #expect(throws: MockVendorError.self) { try await second.run() }
            #expect(error?.description.contains("can't listen on 127.0.0.1:\(client.port)") == true)
            await #expect(throws: MockVendorError.self) { try await second.port }
        }
    }

    @Test func `an endpoint names host, port and connector`() async throws {
        try await withVendor { (vendor, client) async throws in
            #expect(try await vendor.endpoint(of: "slack") == "http://127.0.0.1:\(client.port)/flow/slack")
        }
    }

    @Test func `settings are checked at the start`() throws {
        func fault(_ change: (inout MockVendorConfiguration) -> Void) -> String {
            var configuration = MockVendorConfiguration()
            change(&configuration)
            let error = #expect(throws: MockVendorError.self) {
                try MockVendor(configuration, logger: quietLogger)
            }
            return error?.description ?? ""
        }
        #expect(fault { $0.port = 70_000 } == "vendor.port is 70000; allowed 0…65535")
        #expect(fault { $0.logEntryLimit = 0 }.hasPrefix("vendor.log_entries is 0"))
        #expect(fault { $0.tokenLifetime = 0 } == "vendor.token_seconds is 0; allowed 1…86400")
        #expect(fault { $0.runLimit = 1 }.hasPrefix("vendor.runs is 1"))
        #expect(fault { $0.silenceLimit = .seconds(61) }.hasPrefix("vendor.silence is 61"))
        #expect(fault { $0.secrets = [[1], []] }.hasPrefix("vendor.secrets[1] is empty"))
        #expect(
            fault { $0.logFile = "/no/such/folder/log.jsonl" }.hasPrefix(
                "the log file /no/such/folder/log.jsonl can't be opened"))
    }
}
