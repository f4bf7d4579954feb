/// What a connection leads to. Connections are shared by requests to one destination, and by no others.
struct Destination: Hashable, Sendable {
    let isSecure: Bool
    /// In small letters, without the brackets of an IPv6 address.
    let host: String
    let port: Int
}
