// JSON for people and programs alike.

import Flow
import Liquid

extension JSON {
    /// Indented JSON with sorted keys; empty lists and objects stay on their line. Whatever the texts hold, it steers no
    /// terminal.
    var prettyText: String { prettyText(indent: "") }

    private func prettyText(indent: String) -> String {
        let inner = indent + "  "
        switch self {
        case .array(let items) where !items.isEmpty:
            let lines = items.map { inner + $0.prettyText(indent: inner) }
            return "[\n\(lines.joined(separator: ",\n"))\n\(indent)]"
        case .object(let members) where !members.isEmpty:
            let lines = members.sorted { $0.key < $1.key }.map { name, value in
                "\(inner)\(TextWidth.escaped(json: JSON.string(name).jsonText)): \(value.prettyText(indent: inner))"
            }
            return "{\n\(lines.joined(separator: ",\n"))\n\(indent)}"
        default: return TextWidth.escaped(json: jsonText)
        }
    }
}
