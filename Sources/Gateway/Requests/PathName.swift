import Foundation

/// Names out of a request's path, decoded and checked before anything is looked up by them.
enum PathName {
    /// A connector's id or a trigger's handle.
    static func handle(_ segment: String?, _ what: String) throws(Problem) -> String {
        let text = try decoded(segment, what)
        guard text.wholeMatch(of: /[a-z0-9-]{1,30}/) != nil else {
            throw .notFound(
                "there is no \(what) “\(text.prefix(40))”",
                do: "sluice connectors list shows those that there are")
        }
        return text
    }

    /// A store's domain.
    static func store(_ segment: String?) throws(Problem) -> String {
        let text = try decoded(segment, "store")
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") }) else {
            throw .badRequest(
                "the store in the path is no domain", do: "name it as in tea-house.myshopify.com")
        }
        return text
    }

    static func decoded(_ segment: String?, _ what: String) throws(Problem) -> String {
        guard let text = segment?.removingPercentEncoding, (1...255).contains(text.utf8.count) else {
            throw .badRequest(
                "the \(what) in the path is empty, too long or not percent-encoded UTF-8",
                do: "correct the URL")
        }
        return text
    }
}
