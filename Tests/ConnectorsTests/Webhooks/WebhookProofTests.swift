import Flow
import Testing

@testable import Connectors

/// Who is taken for the vendor, and who is not.
@Suite struct WebhookProofTests {
    private static func signed(_ signature: String, _ body: String) -> WebhookMessage {
        WebhookMessage(
            headers: [("X-LoyaltyLion-Hmac-SHA256", signature)], body: Array(body.utf8))
    }

    @Test func `a signature over the body is that of another implementation`() {
        let body = #"{"id":"e1","topic":"program_events/customer.tier_upgraded"}"#
        let proof = WebhookProof.signedBody(header: "x-loyaltylion-hmac-sha256")
        let message = Self.signed("a7pf91EfiUQTQQqrPYE+MMxRbZUy1JHNS99Pj5aw8Sw=", body)
        #expect(proof.fault(in: message, secrets: ["site-secret"], now: 0) == nil)
        #expect(proof.fault(in: message, secrets: ["new", "site-secret"], now: 0) == nil)
        #expect(
            proof.fault(in: message, secrets: ["site-secreT"], now: 0)?.description.contains("fits no")
                == true)
        #expect(proof.fault(in: message, secrets: [], now: 0) != nil)
        #expect(proof.fault(in: Self.signed("no base64", body), secrets: ["site-secret"], now: 0) != nil)
        #expect(
            proof.fault(
                in: Self.signed("a7pf91EfiUQTQQqrPYE+MMxRbZUy1JHNS99Pj5aw8Sw=", body + " "),
                secrets: ["site-secret"], now: 0) != nil)
    }

    @Test func `so is one of Standard Webhooks`() {
        let secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"
        func message(_ signatures: String) -> WebhookMessage {
            WebhookMessage(
                headers: [
                    ("Webhook-Id", "msg_1"), ("Webhook-Timestamp", "1795512600"),
                    ("Webhook-Signature", signatures),
                ], body: Array(#"{"topic":"review.create"}"#.utf8))
        }
        let proof = WebhookProof.standardWebhooks
        let good = "v1,WmvrOq0wfvsWHbucAVYzQ6ZT8bhjx+9siGNmgPNJMPo="
        #expect(proof.fault(in: message(good), secrets: [secret], now: 1_795_512_600) == nil)
        #expect(
            proof.fault(in: message("v1,AAAA v1a,xx \(good)"), secrets: [secret], now: 1_795_512_900) == nil)
        #expect(proof.fault(in: message("v1,AAAA"), secrets: [secret], now: 1_795_512_600) != nil)
        #expect(proof.fault(in: message(good), secrets: [secret], now: 1_795_512_901) == .stale(seconds: 301))
        #expect(
            proof.fault(in: message(good), secrets: [secret], now: 1_795_512_299) == .stale(seconds: -301))
        #expect(proof.fault(in: message(good), secrets: ["no base64!"], now: 1_795_512_600) != nil)
        // The key is what the text stands for.
        #expect(
            proof.fault(in: message(good), secrets: [String(secret.dropFirst(6))], now: 1_795_512_600) == nil)
    }

    @Test(arguments: ["99999999999999999999", "-9223372036854775808", "", "soon"])
    func `no time is trusted or crashes`(time: String) {
        let message = WebhookMessage(
            headers: [("webhook-id", "a"), ("webhook-timestamp", time), ("webhook-signature", "v1,AAAA")],
            body: [])
        #expect(
            WebhookProof.standardWebhooks.fault(in: message, secrets: ["AAAA"], now: 1_795_512_600) != nil)
    }

    @Test(arguments: WebhookSample.all)
    func `each vendor's request is taken with the secret of now or before, and with no other`(
        sample: WebhookSample
    ) throws {
        let other = "whsec_ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4"
        let message = try sample.message()
        #expect(try sample.fault(of: message) == nil)
        #expect(try sample.fault(of: message, secrets: [other, WebhookSample.secret]) == nil)
        #expect(try sample.fault(of: message, secrets: [other]) != nil)
        #expect(try sample.fault(of: WebhookMessage(headers: [], body: message.body)) != nil)
        let webhook = try #require(VendorWebhooks.webhook(of: sample.connector))
        if webhook.proof == .standardWebhooks {
            let old = try sample.message(signedAt: WebhookSample.now - 3_600)
            #expect(try sample.fault(of: old) == .stale(seconds: 3_600))
        }
    }

    @Test func `faults don't tell secrets or signatures`() throws {
        for sample in WebhookSample.all {
            let fault = try #require(try sample.fault(of: sample.message(secret: "whsec_aGlkZGVuaGlkZGVu")))
            #expect(!fault.description.contains("aGlkZGVu"))
            #expect(!fault.description.contains(WebhookSample.secret))
        }
    }
}
