import Connectors
import Crypto
import Flow
import Foundation
import Liquid
import Testing

@Suite struct FlowActionRequestTests {
    private let old = Array("old secret".utf8)
    private let new = Array("new secret".utf8)

    private func request(shopID: JSON? = 41_230_077, secrets: [[UInt8]]) throws -> VendorRequest {
        try FlowActionRequest.make(
            run: FlowActionFixtures.run(["customer_id": "gid://shopify/Customer/77120", "points": "150"]),
            shopID: shopID,
            endpoint: "https://points.example.net/flow/add-points", secrets: secrets, now: 1_700_000_000)
    }

    @Test func `the request is Flow's`() throws {
        let request = try request(secrets: [new])
        #expect(request.method == "POST")
        #expect(request.url == "https://points.example.net/flow/add-points")
        #expect(request.timeout == .seconds(10))
        #expect(request.header("content-type") == "application/json")
        #expect(
            String(decoding: request.body, as: UTF8.self) == """
                {"action_definition_id":"add-points","action_run_id":"\(FlowActionFixtures.id)","handle":"add-points",\
                "properties":{"customer_id":"gid://shopify/Customer/77120","points":"150"},"shop_id":41230077,\
                "shopify_domain":"tea-house.myshopify.com","step_reference":"give"}
                """)
    }

    @Test func `an unknown shop id is left out`() throws {
        let body = try JSONParser.parse(request(shopID: nil, secrets: [new]).body)
        #expect(body.objectValue?.keys.contains("shop_id") == false)
    }

    @Test func `the id of the run is the idempotency key everywhere`() throws {
        let request = try request(secrets: [new])
        #expect(request.header("Idempotency-Key") == FlowActionFixtures.id)
        #expect(request.header("webhook-id") == FlowActionFixtures.id)
        #expect(request.header("webhook-timestamp") == "1700000000")
    }

    @Test func `Flow's header is signed with the newest key`() throws {
        let request = try request(secrets: [new, old])
        let code = HMAC<SHA256>.authenticationCode(for: request.body, using: SymmetricKey(data: new))
        #expect(request.header("X-Shopify-Hmac-Sha256") == Data(code).base64EncodedString())
    }

    @Test func `Standard Webhooks' header has a signature of each key`() throws {
        let both = try #require(try request(secrets: [new, old]).header("webhook-signature"))
        let first = try #require(try request(secrets: [new]).header("webhook-signature"))
        let second = try #require(try request(secrets: [old]).header("webhook-signature"))
        #expect(both == "\(first) \(second)")
        #expect(first.hasPrefix("v1,"))
    }

    /// The example of the Standard Webhooks specification.
    @Test func `Standard Webhooks' own example is signed alike`() throws {
        let secret = try #require(Data(base64Encoded: "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        let signature = WebhookSignature.make(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330,
            body: Array("{\"test\": 2432232314}".utf8),
            secrets: [Array(secret)])
        #expect(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test(arguments: [[], [[]], [[1], []]] as [[[UInt8]]])
    func `an unsigned request is never made`(secrets: [[UInt8]]) {
        #expect(throws: ConnectorsError.self) { try request(secrets: secrets) }
    }

    @Test func `any of the keys verifies, and nothing else does`() throws {
        let request = try request(secrets: [new])
        let header = try #require(request.header(FlowSignature.header))
        #expect(FlowSignature.verify(body: request.body, header: header, secrets: [new]))
        #expect(FlowSignature.verify(body: request.body, header: header, secrets: [old, new]))
        #expect(!FlowSignature.verify(body: request.body, header: header, secrets: [old]))
        #expect(!FlowSignature.verify(body: request.body, header: header, secrets: []))
        #expect(!FlowSignature.verify(body: request.body + [0], header: header, secrets: [new]))
        #expect(!FlowSignature.verify(body: request.body, header: String(header.dropLast(4)), secrets: [new]))
        #expect(!FlowSignature.verify(body: request.body, header: "", secrets: [new]))
        #expect(!FlowSignature.verify(body: request.body, header: "no base64!", secrets: [new]))
    }
}
