import TestSupport
import Testing

@testable import Outgoing

/// A request's one time limit, and its cancellation.
@Suite struct TimeTests {
    static let short = Duration.milliseconds(150)

    /// Its limit counts, however much of an answer there is. The connection is open before, or on a busy machine it
    /// might be the connecting that takes too long.
    private static func timesOut(_ steps: [ScriptedServer.Step]) async throws {
        try await ScriptedServer.run({ $0 == 1 ? [.send(ScriptedServer.ok)] : steps }) { server in
            try await ClientFixture.run { client in
                #expect(await client.post(server.url).text == "ok")
                let began = ContinuousClock.now
                #expect(await client.post(server.url, timeout: short).fault == .timedOut)
                #expect(ContinuousClock.now - began >= short)
                try await server.ended.wait(within: ClientFixture.long)
            }
        }
    }

    @Test func `an answer that never begins is given up in time`() async throws {
        try await Self.timesOut([])
    }

    @Test func `a head that never ends is given up in time`() async throws {
        try await Self.timesOut([.send("HTTP/1.1 200 OK\r\nX-A: ")])
    }

    @Test func `a body that never comes is given up in time`() async throws {
        try await Self.timesOut([.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab")])
    }

    @Test func `a body that trickles is given up in time`() async throws {
        try await Self.timesOut([.send("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"), .trickle])
    }

    @Test func `interim answers without an end are given up in time`() async throws {
        try await Self.timesOut([.send(String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 50))])
    }

    @Test func `waiting for a connection counts, and the next in line is not held up`() async throws {
        try await ScriptedServer.run({ $0 == 1 ? [] : [.send(ScriptedServer.ok)] }) { server in
            try await ClientFixture.run({ $0.connectionsPerHost = 1 }) { client in
                async let first = client.post(server.url)
                try await server.waitForRequests(1)
                #expect(await client.post(server.url, timeout: Self.short).fault == .timedOut)
                async let third = client.post(server.url)
                try await server.send(ScriptedServer.ok)
                #expect(await first.text == "ok")
                #expect(await third.text == "ok")
                #expect(server.requests.value.count == 2)
                #expect(server.accepted.count == 1)
            }
        }
    }

    @Test func `a cancelled task gets its end at once, and the connection is closed`() async throws {
        try await ScriptedServer.run({ _ in [.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")] }) {
            server in
            try await ClientFixture.run { client in
                let task = Task { await client.post(server.url) }
                try await server.waitForRequests(1)
                task.cancel()
                #expect(await task.value.fault == .cancelled)
                try await server.ended.wait(within: ClientFixture.long)
            }
        }
    }

    @Test func `a request that waits for a connection can be cancelled, and one that was before it began`()
        async throws
    {
        try await ScriptedServer.run({ _ in [] }) { server in
            try await ClientFixture.run({ $0.connectionsPerHost = 1 }) { client in
                async let first = client.post(server.url)
                try await server.waitForRequests(1)
                let task = Task { await client.post(server.url) }
                task.cancel()
                #expect(await task.value.fault == .cancelled)
                try await server.send(ScriptedServer.ok)
                #expect(await first.text == "ok")
                #expect(server.requests.value.count == 1)
            }
        }
    }

    @Test func `cancellations at any moment end each request once, and leave the client usable`() async throws
    {
        try await ScriptedServer.run({ _ in [.send(ScriptedServer.ok)] }) { server in
            try await ClientFixture.run({ $0.connectionsPerHost = 4 }) { client in
                await withTaskGroup(of: Bool.self) { group in
                    for number in 0..<400 {
                        group.addTask {
                            let task = Task { await client.post(server.url) }
                            if number.isMultiple(of: 2) { task.cancel() }
                            let result = await task.value
                            return result.text == "ok" || result.fault == .cancelled
                        }
                    }
                    for await isExpected in group { #expect(isExpected) }
                }
                #expect(await client.post(server.url).text == "ok")
            }
        }
    }

    @Test func `a client that is closed ends everything, and takes nothing`() async throws {
        try await ScriptedServer.run({ _ in [] }) { server in
            try await ClientFixture.run({ $0.connectionsPerHost = 1 }) { client in
                async let carried = client.post(server.url)
                try await server.waitForRequests(1)
                let waiting = Task { await client.post(server.url, "second") }
                await client.close()
                #expect(await carried.fault == .shutDown)
                #expect(await waiting.value.fault == .shutDown)
                #expect(await client.post(server.url).fault == .shutDown)
                try await server.ended.wait(within: ClientFixture.long)
            }
        }
    }
}
