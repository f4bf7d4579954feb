package import Flow
internal import Liquid

/// Asks for an access token. The request holds secrets: it is never logged.
package enum TokenRequest {
    /// RFC 6749, section 6.
    ///
    /// - Parameter url: of the token endpoint.
    package static func refresh(
        _ way: CredentialWay, url: String, credentials: Credentials, refreshToken: String, timeout: Duration
    ) -> VendorRequest {
        let client = credentials[CredentialName.clientID] ?? ""
        let secret = credentials[CredentialName.clientSecret] ?? ""
        var form: [VendorCall.Parameter] = [
            ("grant_type", "refresh_token"), ("refresh_token", refreshToken),
        ]
        var headers: [(name: String, value: String)] = []
        if way.sendsClientInBody {
            form += [("client_id", client), ("client_secret", secret)]
        } else {
            headers.append(
                ("Authorization", BasicAuth.value(URLText.form(of: client), URLText.form(of: secret))))
        }
        return make(url, headers, form, timeout)
    }

    /// RFC 7523, section 2.1: a signed assertion in place of a refresh token.
    package static func assertion(_ assertion: String, url: String, timeout: Duration) -> VendorRequest {
        make(
            url, [],
            [
                ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", assertion),
            ], timeout)
    }

    private static func make(
        _ url: String, _ headers: [(name: String, value: String)], _ form: [VendorCall.Parameter],
        _ timeout: Duration
    ) -> VendorRequest {
        VendorRequest(
            method: "POST", url: url,
            headers: headers + [
                ("Content-Type", "application/x-www-form-urlencoded"), ("Accept", "application/json"),
            ],
            body: Array(URLText.query(form).utf8), timeout: timeout)
    }
}

/// `Authorization: Basic …` of RFC 7617.
package enum BasicAuth {
    package static func value(_ user: String, _ password: String) -> String {
        "Basic \(Base64.text(Array("\(user):\(password)".utf8)))"
    }
}
