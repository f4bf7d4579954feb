// Where senders deliver a verification's actions to.

import Foundation
import Registry

/// The URL of a verification's endpoint, as its connections have it.
enum VerificationEndpoint {
    /// What is wrong with where it listens, in words.
    static func fault(listen: ListenAddress, endpoint: String?) -> String? {
        if let endpoint {
            return Endpoint.fault(in: endpoint, allowsInsecure: true).map {
                "--endpoint “\(Endpoint.origin(of: endpoint) ?? endpoint)” \($0)"
            }
        }
        guard listen.isWildcard else { return nil }
        return
            "--listen \(listen) is every address of this machine, and none that senders can send to; add how they reach it, "
            + "with --endpoint URL"
    }

    /// A URL without a path gets the one that the endpoint has for a connector: `http://verify.internal:8099` becomes
    /// `http://verify.internal:8099/flow/slack`. One with a path is somebody's proxy, and stays as it is.
    static func url(_ text: String, connector: String) -> String {
        guard var url = URLComponents(string: text), url.host?.isEmpty == false, ["", "/"].contains(url.path)
        else { return text }
        url.path = "/flow/\(connector)"
        return url.string ?? text
    }
}
