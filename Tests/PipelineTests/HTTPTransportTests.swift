import Connectors
import Outgoing
import Pipeline
import Testing

/// A vendor's request, and what comes of it in the words of vendors.
@Suite struct HTTPTransportTests {
    private static func answer(
        to url: String, policy: AddressPolicy, headers: [(name: String, value: String)] = []
    )
        async throws -> VendorAnswer
    {
        let transport = try HTTPTransport(concurrency: 1, policy: policy)
        let answer = await transport.send(
            VendorRequest(method: "POST", url: url, headers: headers, body: [], timeout: .seconds(10)))
        await transport.close()
        return answer
    }

    @Test func `an address that isn't allowed is refused with the setting that would allow it`() async throws
    {
        guard case .refused(let reason) = try await Self.answer(to: "http://0x7f.1/", policy: AddressPolicy())
        else {
            Issue.record("it was sent")
            return
        }
        #expect(
            reason
                == "the endpoint leads to 127.0.0.1, a loopback address, which sender.allowedNetworks doesn't name"
        )
    }

    @Test func `what can't be written as HTTP is refused, too`() async throws {
        let answer = try await Self.answer(
            to: "http://127.0.0.1/", policy: .loopback, headers: [("X-A", "a\r\nX-B: b")])
        guard case .refused(let reason) = answer else {
            Issue.record("it was sent")
            return
        }
        #expect(reason == "the header X-A holds a line break or another control character")
    }

    @Test func `no answer is told without the URL`() async throws {
        let answer = try await Self.answer(to: "http://127.0.0.1:1/?token=secret", policy: .loopback)
        guard case .noAnswer(let reason, let wasSent) = answer else {
            Issue.record("\(answer)")
            return
        }
        #expect(reason == "the endpoint can't be reached")
        #expect(!wasSent)
    }
}
