// Which URLs a connection's actions may be sent to.

import Foundation

/// The form of an endpoint. Where its host leads to is checked when a request is sent.
package enum Endpoint {
    /// What is wrong with a URL, or nil.
    package static func fault(in text: String, allowsInsecure: Bool) -> String? {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }), let url = URLComponents(string: text),
            let scheme = url.scheme?.lowercased(), let host = url.host, !host.isEmpty
        else { return "is no URL; it should look like https://app.example.com/flow" }
        guard scheme == "https" || scheme == "http" else {
            return "has the scheme \(scheme); it should be https\(allowsInsecure ? " or http" : "")"
        }
        if url.user != nil || url.password != nil {
            return "must not hold a user or password; give them as a secret"
        }
        if url.fragment != nil { return "must not have a fragment (#…)" }
        if scheme == "http", !allowsInsecure, !isLoopback(host) {
            return "must be https; http is for this machine only (127.0.0.1, localhost)"
        }
        return nil
    }

    /// `https://app.example.com:8443`: what may be shown of a URL whose path or query may hold a token, written one way
    /// only. Nil for none.
    package static func origin(of text: String) -> String? {
        guard let url = URLComponents(string: text), let scheme = url.scheme?.lowercased(),
            let host = url.host?.lowercased(), !host.isEmpty
        else { return nil }
        let port = url.port == (scheme == "https" ? 443 : 80) ? nil : url.port
        let name = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
        return "\(scheme)://\(name)\(port.map { ":\($0)" } ?? "")"
    }

    private static func isLoopback(_ host: String) -> Bool {
        let host = host.lowercased()
        if host == "localhost" || host == "[::1]" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
