// Reads a script from YAML or JSON; every fault is named with its place.

import Flow
import Liquid

extension VendorScript {
    /// The script of a text with at most one document; an empty text answers `ok` to everything.
    ///
    ///     seed: 7
    ///     default: [ok]
    ///     rules:
    ///       - action: slack/send-message      # connector/handle, connector/* or *
    ///         store: tea-house.myshopify.com  # optional
    ///         share: 0.2                      # optional, 0…1 of the action runs
    ///         answers: [503, { status: 429, retry_after: 1 }, { slow_ms: 300, then: ok }]
    ///
    /// - Throws: Diagnostics with `file` as the name of the place.
    package static func parse(_ text: String, file: String = "script") throws(Diagnostics) -> VendorScript {
        let documents = try DocumentNode.parse(yaml: text, file: file)
        let sink = DiagnosticSink(file: file)
        if documents.count > 1 {
            sink.report(documents[1].mark, "a script is one document; this is a second one")
        }
        let script = documents.first.map { VendorScript(DocumentReader($0, path: "", sink: sink)) }
        try sink.throwIfAny()
        return script ?? VendorScript()
    }

    /// Reads what is right and reports what is wrong to the reader's sink.
    package init(_ reader: DocumentReader) {
        let seed = reader.optionalInteger("seed", in: Int64.min...Int64.max)
        let answers = reader.optional("default").map {
            ScriptedAnswer.list($0, reader: reader, place: "default")
        }
        let rules = reader.list("rules").enumerated().compactMap { index, node in
            ScriptRule(reader.reader(of: node, "rules[\(index)]"))
        }
        reader.finish()
        self.init(seed: seed ?? 0, defaultAnswers: answers ?? [.ok], rules: rules)
    }
}

extension ScriptRule {
    fileprivate init?(_ reader: DocumentReader) {
        let pattern = reader.required("action").flatMap { Self.pattern($0, reader) }
        let store = reader.optionalString("store")
        let share = reader.optional("share").map { Self.share($0, reader) }
        let answers = reader.required("answers").map {
            ScriptedAnswer.list($0, reader: reader, place: reader.join("answers"))
        }
        reader.finish()
        guard let pattern, let answers else { return nil }
        self.init(action: pattern, store: store, share: share ?? 1, answers: answers)
    }

    private static func pattern(_ node: DocumentNode, _ reader: DocumentReader) -> ActionPattern? {
        if case .scalar(.string(let text)) = node.content, let pattern = ActionPattern(text) {
            return pattern
        }
        reader.report(
            "\(reader.join("action")): connector/handle, connector/* or \"*\" (in quotes) should stand here",
            at: node.mark)
        return nil
    }

    private static func share(_ node: DocumentNode, _ reader: DocumentReader) -> Double {
        switch node.content {
        case .scalar(.decimal(let share)) where (0...1).contains(share): return share
        case .scalar(.integer(let share)) where (0...1).contains(share): return Double(share)
        default:
            reader.report("\(reader.join("share")): a number from 0 to 1 should stand here", at: node.mark)
            return 1
        }
    }
}
