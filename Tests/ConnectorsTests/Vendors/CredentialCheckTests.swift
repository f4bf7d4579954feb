import Connectors
import Flow
import Testing

/// What is told of a credential before the vendor is asked.
@Suite struct CredentialCheckTests {
    private static let account = CredentialWay(kind: .googleServiceAccount, credentials: [])

    @Test(arguments: [
        ("very secret", "is no JSON"),
        ("{\"client_email\": \"very secret\"}", "has no client_email, private_key"),
        (
            "{\"client_email\": \"a@b\", \"private_key\": \"very secret\", \"token_uri\": \"https://t.example\"}",
            "no RSA key in PEM form"
        ),
    ])
    func `a service account's file that can't sign is told with what to give, and not shown`(
        file: String, says: String
    ) throws {
        let fault = try #require(CredentialCheck.fault(Self.account, "service_account", file))
        #expect(fault.contains(says))
        #expect(fault.contains("give the whole JSON key file"))
        #expect(!fault.contains("very secret"))
    }

    @Test func `what only the vendor knows is not judged`() {
        let token = CredentialWay(kind: .static, credentials: [])
        #expect(CredentialCheck.fault(token, "token", "x") == nil)
    }
}
