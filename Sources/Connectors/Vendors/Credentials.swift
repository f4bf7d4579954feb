/// What a store's connection proves itself with, in the clear. Never logged, never put into a record.
package struct Credentials: Sendable {
    private let values: [String: String]
    /// The access token that counts now, of the ways that have one.
    package let accessToken: String?

    package init(_ values: [String: String], accessToken: String? = nil) {
        self.values = values
        self.accessToken = accessToken
    }

    package subscript(name: String) -> String? { values[name] }

    /// `Bearer …` of the access token, or else of the static credential of this name.
    package func bearer(or name: String) -> String? {
        (accessToken ?? values[name]).map { "Bearer \($0)" }
    }
}
