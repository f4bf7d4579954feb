package import Flow
internal import Liquid

/// A vendor's own webhook: what proves where a request comes from, and which trigger events its body means.
///
/// A conformer is a value without state, and says only what is special to its vendor. Fields are named as the catalogue
/// names them; their values may stay as the vendor writes them, since the catalogue's types say how to read them.
package protocol VendorWebhook: Sendable {
    /// The connector's id in the catalogue.
    var connector: String { get }
    var proof: WebhookProof { get }
    /// - Parameter document: the body, a JSON object.
    func meaning(of document: JSON, in message: WebhookMessage) -> WebhookMeaning
}

/// What a vendor's request says, before its values are checked.
package enum WebhookMeaning: Hashable, Sendable {
    case events([WebhookEvent])
    /// It is about something that no trigger stands for.
    case ignored(String)
    /// It should have meant something, and can't be read.
    case unusable(String)
}

/// One event of a request.
package struct WebhookEvent: Hashable, Sendable {
    /// The trigger's.
    package let handle: String
    /// The vendor's own name for it, the same when it is sent again; nil = it has none.
    package let id: String?
    /// When it happened, as the vendor writes it.
    package let time: String?
    /// The vendor's values by the trigger's field; what it doesn't send is not among them.
    package let values: [String: JSON]

    package init(_ handle: String, id: String?, time: String? = nil, _ values: [String: JSON?]) {
        self.handle = handle
        self.id = id
        self.time = time
        self.values = values.compactMapValues { $0 }.filter { !$0.value.isNull }
    }
}
