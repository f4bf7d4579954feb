// `${NAME}` in the texts of a manifest.

import Flow

/// Puts values into the texts of documents: `${NAME}`, or `${NAME:-default}` where the variable may be missing.
///
/// Names are letters, digits and `_`. `$${NAME}` stands for `${NAME}` itself, and a `${` without a name behind it,
/// as in `${{ trigger.amount }}`, is left alone. The result is always text, and is not looked through again.
struct ManifestVariables {
    let values: [String: String]

    /// Whether a variable holds what protects the whole installation. A manifest may come from somebody who must not
    /// have it, and what it says can be read by everybody who may read the registry.
    static func isReserved(_ name: String) -> Bool {
        name == "SLUICE_SECRETS_KEYS" || name.hasPrefix("KAFKA_PROPERTIES_")
    }

    static func refusal(of name: String) -> String {
        "the variable \(name) protects the whole installation, and no manifest may read it; use a variable of its own"
    }

    func apply(to node: DocumentNode, _ sink: DiagnosticSink) -> DocumentNode {
        node.replacingTexts { text, mark in
            text.contains("${") ? replace(text) { sink.report(mark, $0) } : text
        }
    }

    private func replace(_ text: String, _ report: (String) -> Void) -> String {
        var result = ""
        var rest = text[...]
        while let dollar = rest.firstIndex(of: "$") {
            result += rest[..<dollar]
            rest = rest[dollar...]
            if rest.hasPrefix("$${") {
                result += "${"
                rest = rest.dropFirst(3)
            } else if let reference = Reference(rest) {
                result += value(of: reference, report)
                rest = rest.dropFirst(reference.length)
            } else {
                result += "$"
                rest = rest.dropFirst()
            }
        }
        return result + rest
    }

    private func value(of reference: Reference, _ report: (String) -> Void) -> String {
        guard !Self.isReserved(reference.name) else {
            report(Self.refusal(of: reference.name))
            return ""
        }
        // As in a shell, `:-` gives its default for a variable that is empty, too.
        if let value = values[reference.name], !(value.isEmpty && reference.standard != nil) { return value }
        if let standard = reference.standard { return standard }
        report(
            "the variable \(reference.name) is not set; set it, give a default as in ${\(reference.name):-text}, or "
                + "write $${\(reference.name)} for the text itself")
        return ""
    }

    /// `${NAME}` or `${NAME:-default}` at the beginning of a text. A default ends at the first `}`.
    private struct Reference {
        let name: String
        let standard: String?
        /// Characters of all of it.
        let length: Int

        init?(_ text: Substring) {
            guard text.hasPrefix("${"), let end = text.firstIndex(of: "}") else { return nil }
            let inner = text[..<end].dropFirst(2)
            let name = inner.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
            guard let first = name.first, !first.isNumber else { return nil }
            let tail = inner.dropFirst(name.count)
            guard tail.isEmpty || tail.hasPrefix(":-") else { return nil }
            self.name = String(name)
            standard = tail.isEmpty ? nil : String(tail.dropFirst(2))
            length = text.distance(from: text.startIndex, to: end) + 1
        }
    }
}
