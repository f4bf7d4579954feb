import TestSupport
import Testing

@testable import Outgoing

/// Connections: how many, how long, and what becomes of them.
@Suite struct ReuseTests {
    @Test func `requests one after the other share a connection`() async throws {
        try await ScriptedServer.run({ _ in [.send(ScriptedServer.ok)] }) { server in
            try await ClientFixture.run { client in
                for _ in 0..<20 { #expect(await client.post(server.url).text == "ok") }
                #expect(server.accepted.count == 1)
            }
        }
    }

    @Test func `no more connections are opened than are allowed, and all requests are carried`() async throws
    {
        try await ScriptedServer.run({ $0 <= 3 ? [] : [.send(ScriptedServer.ok)] }) { server in
            try await ClientFixture.run({ $0.connectionsPerHost = 3 }) { client in
                try await withThrowingTaskGroup(of: String?.self) { group in
                    for _ in 0..<30 { group.addTask { await client.post(server.url).text } }
                    try await server.waitForRequests(3)
                    for index in 0..<3 { try await server.send(ScriptedServer.ok, on: index) }
                    for try await text in group { #expect(text == "ok") }
                }
                #expect(server.requests.value.count == 30)
                #expect(server.accepted.count == 3)
            }
        }
    }

    @Test func `where all connections are taken, an idle one of another host makes room`() async throws {
        try await ScriptedServer.run({ _ in [.send(ScriptedServer.ok)] }) { first in
            try await ScriptedServer.run({ _ in [.send(ScriptedServer.ok)] }) { second in
                try await ClientFixture.run({ $0.connections = 1 }) { client in
                    #expect(await client.post(first.url).text == "ok")
                    #expect(await client.post(second.url).text == "ok")
                    try await first.ended.wait(within: ClientFixture.long)
                    #expect(await client.post(first.url).text == "ok")
                    try await second.ended.wait(within: ClientFixture.long)
                }
            }
        }
    }

    @Test func `a connection that idles for too long is closed`() async throws {
        try await ScriptedServer.run({ _ in [.send(ScriptedServer.ok)] }) { server in
            try await ClientFixture.run({ $0.idleLimit = .milliseconds(50) }) { client in
                #expect(await client.post(server.url).text == "ok")
                try await server.ended.wait(within: ClientFixture.long)
                #expect(await client.post(server.url).text == "ok")
                #expect(server.accepted.count == 2)
            }
        }
    }

    @Test func `a connection that the server closed while it idled is not used`() async throws {
        try await ScriptedServer.run({ _ in [.send(ScriptedServer.ok)] }) { server in
            try await ScriptedServer.run({ _ in [.send(ScriptedServer.ok)] }) { other in
                try await ClientFixture.run { client in
                    #expect(await client.post(server.url).text == "ok")
                    try await server.close()
                    // By the time that this has come back the client's loop has seen the end.
                    #expect(await client.post(other.url).text == "ok")
                    #expect(await client.post(server.url).text == "ok")
                    #expect(server.accepted.count == 2)
                }
            }
        }
    }

    @Test func `a request that dies with a used connection is not sent again`() async throws {
        try await ScriptedServer.run({ $0 == 1 ? [.send(ScriptedServer.ok)] : [.close] }) { server in
            try await ClientFixture.run { client in
                #expect(await client.post(server.url).text == "ok")
                #expect(await client.post(server.url).fault == .closed(isWithinAnswer: false))
                #expect(server.requests.value.count == 2)
                #expect(server.accepted.count == 1)
            }
        }
    }

    @Test func `a connection that is reset while it carries a request is told`() async throws {
        try await ScriptedServer.run({ _ in [] }) { server in
            try await ClientFixture.run { client in
                async let result = client.post(server.url)
                try await server.waitForRequests(1)
                try await server.reset()
                #expect(await result.fault == .closed(isWithinAnswer: false))
            }
        }
    }

    @Test func `bytes behind an answer are nobody's answer`() async throws {
        let two = ScriptedServer.ok + "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"
        try await ScriptedServer.run({ $0 == 1 ? [.send(two)] : [.send(ScriptedServer.ok)] }) { server in
            try await ClientFixture.run { client in
                #expect(await client.post(server.url).text == "ok")
                try await server.ended.wait(within: ClientFixture.long)
                #expect(await client.post(server.url).text == "ok")
                #expect(server.accepted.count == 2)
            }
        }
    }
}
