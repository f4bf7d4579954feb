import NIOCore
import TestSupport
import Testing

@testable import Outgoing

/// What a server may answer, over loopback.
@Suite struct AnswerTests {
    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, "ok"),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x=y\r\nc\r\n0\r\nX-T: 1\r\n\r\n",
            200, "abc"
        ),
        (
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n\(ScriptedServer.ok)",
            200, "ok"
        ),
        ("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", 302, ""),
        ("HTTP/1.1 204 No Content\r\n\r\n", 204, ""),
        ("HTTP/1.1 599 \r\nContent-Length: 0\r\n\r\n", 599, ""),
    ]) func `an answer in each form is read, and its connection is used again`(
        answer: String, status: Int, body: String
    ) async throws {
        try await ScriptedServer.run({ _ in [.send(answer)] }) { server in
            try await ClientFixture.run { client in
                for _ in 0..<3 {
                    let result = await client.post(server.url)
                    #expect(result.status == status)
                    #expect(result.text == body)
                }
                #expect(server.accepted.count == 1)
                #expect(server.requests.value.count == 3)
            }
        }
    }

    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", false),
        ("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", false),
        ("HTTP/1.1 200 OK\r\n\r\nok", true), ("HTTP/1.0 200 OK\r\n\r\nok", true),
    ]) func `an answer that ends its connection is read, and the next request opens another`(
        answer: String, closes: Bool
    ) async throws {
        try await ScriptedServer.run({ _ in closes ? [.send(answer), .close] : [.send(answer)] }) { server in
            try await ClientFixture.run { client in
                for count in 1...2 {
                    let result = await client.post(server.url)
                    #expect(result.text == "ok")
                    try await server.ended.wait(count: count, within: ClientFixture.long)
                }
                #expect(server.accepted.count == 2)
            }
        }
    }

    @Test func `an answer to HEAD has no body`() async throws {
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
        try await ScriptedServer.run({ $0 == 1 ? [.send(head)] : [.send(ScriptedServer.ok)] }) { server in
            try await ClientFixture.run { client in
                let request = HTTPRequest(method: "HEAD", url: server.url, timeout: ClientFixture.long)
                #expect(await client.send(request).text == "")
                #expect(await client.get(server.url).text == "ok")
                #expect(server.accepted.count == 1)
            }
        }
    }

    @Test func `headers are kept as they are`() async throws {
        let answer = "HTTP/1.1 429 Slow\r\nretry-after:  7 \r\nX-A: 1\r\nX-A: 2\r\nContent-Length: 0\r\n\r\n"
        try await ScriptedServer.run({ _ in [.send(answer)] }) { server in
            try await ClientFixture.run { client in
                let headers = try await client.post(server.url).get().headers
                #expect(headers.map(\.name) == ["retry-after", "X-A", "X-A", "Content-Length"])
                #expect(headers.map(\.value) == ["7", "1", "2", "0"])
            }
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n",
    ]) func `a body beyond the limit is cut, and its connection closed`(head: String) async throws {
        try await ScriptedServer.run({ _ in [.send(head + String(repeating: "a", count: 2_000))] }) {
            server in
            try await ClientFixture.run({ $0.bodyLimit = 1_000 }) { client in
                let answer = try await client.post(server.url).get()
                #expect(answer.status == 200)
                #expect(answer.isCut)
                #expect(answer.body.count == 1_000)
                try await server.ended.wait(within: ClientFixture.long)
            }
        }
    }

    @Test func `a body of exactly the limit is whole`() async throws {
        try await ScriptedServer.run({ _ in [.send(ScriptedServer.ok)] }) { server in
            try await ClientFixture.run({ $0.bodyLimit = 2 }) { client in
                let answer = try await client.post(server.url).get()
                #expect(!answer.isCut)
                #expect(answer.body.count == 2)
            }
        }
    }

    static let malformed = [
        "garbage\r\n\r\n", "\u{0}\u{1}\u{2}", "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 2x0 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 200 OK\r\nX: \(String(repeating: "a", count: 20_000))\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\(String(repeating: "X: \(String(repeating: "a", count: 1_000))\r\n", count: 70))\r\n",
        "HTTP/1.1 200 OK\r\n\(String(repeating: "X: a\r\n", count: 200))\r\n",
        // Headers without an end.
        "HTTP/1.1 200 OK\r\nX: \(String(repeating: "a", count: 40_000))",
    ]

    @Test(arguments: malformed)
    func `what is no answer of bounded size is a fault, and its connection closed`(
        answer: String
    ) async throws {
        try await ScriptedServer.run({ _ in [.send(answer)] }) { server in
            try await ClientFixture.run { client in
                let result = await client.post(server.url)
                guard case .malformed = result.fault else {
                    Issue.record("\(result)")
                    return
                }
                try await server.ended.wait(within: ClientFixture.long)
                #expect(server.requests.value.count == 1)
            }
        }
    }

    @Test(arguments: [
        ("", false), ("HTTP/1.1 200 OK\r\nContent-Le", false),
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab", true),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", true),
    ]) func `a connection that is closed too early is told, and nothing is sent again`(
        part: String, isWithinAnswer: Bool
    ) async throws {
        try await ScriptedServer.run({ _ in [.send(part), .close] }) { server in
            try await ClientFixture.run { client in
                #expect(await client.post(server.url).fault == .closed(isWithinAnswer: isWithinAnswer))
                #expect(server.requests.value.count == 1)
                #expect(server.accepted.count == 1)
            }
        }
    }

    @Test func `a request that can't be written reaches nobody`() async throws {
        try await ScriptedServer.run({ _ in [.send(ScriptedServer.ok)] }) { server in
            try await ClientFixture.run { client in
                let request = HTTPRequest(
                    method: "POST", url: server.url, headers: [("X-A", "1\r\nX-B: 2")],
                    timeout: ClientFixture.long)
                guard case .invalid = await client.send(request).fault else {
                    Issue.record("it was sent")
                    return
                }
                #expect(server.accepted.count == 0)
            }
        }
    }

    @Test func `an answer that overtakes its request counts, and its connection is closed`() async throws {
        // The body is larger than what the system buffers.
        try await ScriptedServer.run(reads: false, { _ in [] }) { server in
            try await ClientFixture.run { client in
                async let result = client.post(server.url, String(repeating: "a", count: 32 << 20))
                try await server.accepted.wait(within: ClientFixture.long)
                try await server.send("HTTP/1.1 413 Large\r\nContent-Length: 0\r\n\r\n")
                #expect(await result.status == 413)
                try await server.channels.value[0].setOption(.autoRead, value: true).get()
                try await server.ended.wait(within: ClientFixture.long)
            }
        }
    }
}
