import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import Outgoing

/// Looking up, checking and connecting as one.
@Suite struct AddressTests {
    @Test(arguments: [
        "127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "0177.1", "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
    ]) func `every form of this machine's address is refused unless it is allowed`(host: String) async throws
    {
        try await ScriptedServer.run({ _ in [.send(ScriptedServer.ok)] }) { server in
            try await ClientFixture.run({ $0.policy = AddressPolicy() }) { client in
                let result = await client.post("http://\(host):\(server.port)/")
                guard case .refused(_, "a loopback address") = result.fault else {
                    Issue.record("\(result)")
                    return
                }
                #expect(server.accepted.count == 0)
            }
        }
    }

    @Test(arguments: [
        "10.0.0.1", "169.254.169.254", "0xa9fea9fe", "0", "192.168.0.1", "[fe80::1]", "[fd00:ec2::254]",
    ])
    func `other addresses of one's own networks are refused, too`(host: String) async throws {
        try await ClientFixture.run { client in
            let result = await client.post("http://\(host)/")
            guard case .refused = result.fault else {
                Issue.record("\(result)")
                return
            }
        }
    }

    @Test func `an answer that changes changes nothing: what was checked is what is connected to`()
        async throws
    {
        let resolver = FixedResolver(["127.0.0.1"], ["127.0.0.2"])
        try await ScriptedServer.run(host: "0.0.0.0", { _ in [.send(ScriptedServer.ok)] }) { server in
            try await ClientFixture.run(
                { $0.policy = AddressPolicy(allowing: [AddressRange("127.0.0.1")].compactMap(\.self)) },
                resolver: resolver
            ) { client in
                let url = "http://rebinding.example:\(server.port)/"
                #expect(await client.post(url).text == "ok")
                #expect(await client.post(url).text == "ok")
                #expect(server.channels.value.map { $0.localAddress?.ipAddress } == ["127.0.0.1"])
                #expect(resolver.asked.value == ["rebinding.example"])
                try await server.close()
                // The next connection asks anew, and the new answer is judged.
                var fault: HTTPFault?
                repeat { fault = await client.post(url).fault } while fault == .closed(isWithinAnswer: false)
                #expect(fault == .refused(address: .v4(0x7F00_0002), kind: "a loopback address"))
                #expect(server.accepted.count == 1)
                #expect(
                    server.requests.value.allSatisfy {
                        $0.contains("Host: rebinding.example:\(server.port)\r\n")
                    })
            }
        }
    }

    @Test func `of several addresses only allowed ones are tried, one after the other`() async throws {
        // Nobody listens at the second; the first and the last are refused.
        let resolver = FixedResolver(["10.0.0.1", "127.0.0.2", "127.0.0.1", "::1"])
        try await ScriptedServer.run({ _ in [.send(ScriptedServer.ok)] }) { server in
            try await ClientFixture.run(
                { $0.policy = AddressPolicy(allowing: [AddressRange("127.0.0.0/8")].compactMap(\.self)) },
                resolver: resolver
            ) { client in
                #expect(await client.post("http://several.example:\(server.port)/").text == "ok")
            }
        }
    }

    @Test func `a host that isn't there, and a port where nobody listens`() async throws {
        let port = try await LoopbackPort.free()
        try await ClientFixture.run(resolver: FixedResolver([])) { client in
            #expect(await client.post("http://nobody.example/").fault == .hostNotFound)
            #expect(await client.post("http://127.0.0.1:\(port)/").fault == .unreachable)
        }
    }

    @Test func `a host is looked up once for all connections that wait for it`() async throws {
        let resolver = SlowResolver()
        let answered = Signal("answers")
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        try await loop.submit {
            let resolutions = Resolutions(resolver, on: loop)
            for _ in 0..<8 { resolutions.addresses(of: "slow.example") { _ in answered.fire() } }
        }.get()
        #expect(resolver.asked.count == 1)
        resolver.answer()
        try await answered.wait(count: 8, within: ClientFixture.long)
    }

    @Test func `a host that is looked up for too long costs the request's time, not more`() async throws {
        let resolver = SlowResolver()
        try await ClientFixture.run({ $0.connectTimeout = .milliseconds(80) }, resolver: resolver) { client in
            #expect(await client.post("http://slow.example/", timeout: .milliseconds(30)).fault == .timedOut)
            #expect(await client.post("http://slow.example/").fault == .notConnectedInTime)
            #expect(resolver.asked.count == 1)
            resolver.answer()
        }
    }
}

/// Says nothing until it is told to.
private final class SlowResolver: HostResolver {
    let asked = Signal("look-ups")
    private let promises = Observed<[EventLoopPromise<[IPAddress]>]>([])

    func addresses(of host: String, on loop: any EventLoop) -> EventLoopFuture<[IPAddress]> {
        let promise = loop.makePromise(of: [IPAddress].self)
        promises.update { $0.append(promise) }
        asked.fire()
        return promise.futureResult
    }

    func answer() {
        for promise in promises.update({ promises in
            defer { promises = [] }
            return promises
        }) { promise.succeed([.v4(0x7F00_0001)]) }
    }

    func close() { answer() }
}
