// Which requests the vendor takes for Flow's.

import Connectors
import MockVendor
import Testing

@Suite(.timeLimit(.minutes(1))) struct SignatureTests {
    private let secret = Array("hush".utf8)
    private let newSecret = Array("hush-2".utf8)

    @Test func `a right signature is accepted, a wrong or missing one is refused with 401`() async throws {
        try await withVendor(settings: MockVendorConfiguration(secrets: [secret])) {
            (vendor, client) async throws in
            var client = client
            let missing = try await client.run("r1")
            #expect(missing.status == 401)
            #expect(missing.body == "X-Shopify-Hmac-Sha256 is missing\n")
            client.secret = newSecret
            let wrong = try await client.run("r1")
            #expect(wrong.status == 401)
            #expect(wrong.body == "X-Shopify-Hmac-Sha256 fits no secret of this app\n")
            client.secret = secret
            #expect(try await client.run("r1").status == 200)
            #expect(vendor.log.entries().map(\.isSignatureValid) == [false, false, true])
            #expect(vendor.log.entries().map(\.attempt) == [0, 0, 1], "refused requests are no attempts")
            #expect(vendor.log.stats.refused == 2)
        }
    }

    @Test func `while keys are rotated both are accepted`() async throws {
        try await withVendor(settings: MockVendorConfiguration(secrets: [newSecret, secret])) {
            (_, client) async throws in
            for key in [secret, newSecret] {
                #expect(try await VendorClient(port: client.port, secret: key).run("r1").status == 200)
            }
            #expect(
                try await VendorClient(port: client.port, secret: Array("other".utf8)).run("r1").status == 401
            )
        }
    }

    @Test func `the signature is over the body as it was sent`() async throws {
        try await withVendor(settings: MockVendorConfiguration(secrets: [secret])) {
            (_, client) async throws in
            let body = Array(#"{ "handle":"x",  "action_run_id":"r1" }"#.utf8)
            let headers = [("x-shopify-hmac-sha256", FlowSignature.make(body: body, secret: secret))]
            #expect(try await client.send("POST", "/flow/slack", headers: headers, body: body).status == 200)
            #expect(
                try await client.send("POST", "/flow/slack", headers: headers, body: body + [0x20]).status
                    == 401)
        }
    }

    @Test func `without a secret nothing is checked`() async throws {
        try await withVendor { (vendor, client) async throws in
            #expect(try await client.run("r1").status == 200)
            #expect(vendor.log.entries().map(\.isSignatureValid) == [nil])
        }
    }
}
