import Flow
import Liquid
import Testing

@testable import Connectors

/// One entry of `Apps/<id>/golden.yaml`: inputs, and the requests that are sent for them.
struct GoldenRequest: Sendable, CustomTestStringConvertible {
    struct Sent: Sendable {
        let method: String
        let url: String
        let headers: [String: String]
        let body: JSON?
    }

    let place: String
    let action: String
    let credentials: [String: String]
    let accessToken: String?
    let settings: [String: String]
    let inputs: [String: JSON]
    let checkpoint: JSON?
    let mayHaveActed: Bool
    /// Whether the vendor did it before, so that a look finds it.
    let hasActed: Bool
    let sends: [Sent]
    let outcome: DocumentedAnswer.Meaning
    let says: String?
    /// What later steps may read, or the next call gets.
    let returned: JSON?

    var testDescription: String { place }

    static func read(of connector: String, in folder: ResourceFolder) throws -> [GoldenRequest] {
        let file = "Apps/\(connector)/golden.yaml"
        guard folder.has(file) else { return [] }
        let sink = DiagnosticSink(file: file)
        let document = try #require(try DocumentNode.parse(yaml: folder.text(of: file), file: file).first)
        let reader = DocumentReader(document, path: "", sink: sink)
        let requests = reader.list("requests").enumerated().compactMap {
            GoldenRequest(reader.reader(of: $1, "\(connector)[\($0)]"))
        }
        reader.finish()
        try sink.throwIfAny()
        return requests
    }

    private init?(_ reader: DocumentReader) {
        place = reader.path
        let action = reader.string("action")
        credentials = Self.texts("credentials", reader)
        accessToken = reader.optionalString("access_token")
        settings = Self.texts("settings", reader)
        inputs = reader.optional("inputs")?.value.objectValue ?? [:]
        checkpoint = reader.optional("checkpoint")?.value
        mayHaveActed = reader.optionalBool("may_have_acted") ?? false
        hasActed = reader.optionalBool("has_acted") ?? false
        sends = reader.list("sends").enumerated().compactMap { index, node in
            Sent(reader.reader(of: node, "\(reader.path).sends[\(index)]"))
        }
        outcome = reader.choice("outcome") ?? .succeeded
        says = reader.optionalString("says")
        returned = reader.optional("returned")?.value
        reader.finish()
        guard let action else { return nil }
        self.action = action
    }

    static func texts(_ name: String, _ reader: DocumentReader) -> [String: String] {
        (reader.optional(name)?.value.objectValue ?? [:]).compactMapValues { $0.stringValue }
    }
}

extension GoldenRequest.Sent {
    fileprivate init?(_ reader: DocumentReader) {
        let method = reader.string("method")
        let url = reader.string("url")
        headers = GoldenRequest.texts("headers", reader)
        body = reader.optional("body")?.value
        reader.finish()
        guard let method, let url else { return nil }
        self.method = method
        self.url = url
    }
}
