// Which actions a script may name.

import Connectors
import Flow
import Liquid

/// The connectors and actions that rules are compared with. A rule that names none of them would never count, and nobody
/// would see why.
package struct ScriptNames: Sendable {
    /// Something about the action of a rule.
    package struct Remark: Hashable, Sendable {
        package let diagnostic: Diagnostic
        /// Whether it is surely wrong. An unknown connector may be one of the users' own.
        package let isFault: Bool
    }

    private let catalogue: Catalogue
    private let replicas: VendorReplicas

    package init(_ catalogue: Catalogue, replicas: VendorReplicas = .builtIn) {
        self.catalogue = catalogue
        self.replicas = replicas
    }

    /// Those that ship with the program; nil where their files can't be had: then nothing is compared.
    package static let builtIn: ScriptNames? = try? ScriptNames(Catalogue.builtIn())

    /// - Throws: `Diagnostics`, for a text that is no YAML.
    package func remarks(on text: String, file: String = "script") throws(Diagnostics) -> [Remark] {
        guard let document = try DocumentNode.parse(yaml: text, file: file).first,
            case .list(let rules)? = document["rules"]?.content
        else { return [] }
        return rules.enumerated().compactMap { index, rule in
            guard let node = rule["action"], case .scalar(.string(let name)) = node.content,
                let pattern = ActionPattern(name), let (what, isFault) = remark(on: pattern)
            else { return nil }
            return Remark(
                diagnostic: Diagnostic(
                    file: file, mark: node.mark, message: "rules[\(index)].action: \(what)"), isFault: isFault
            )
        }
    }

    private func remark(on pattern: ActionPattern) -> (what: String, isFault: Bool)? {
        switch pattern {
        case .any: return nil
        case .connector(let id): return catalogue[id] == nil ? unknown(id) : nil
        case .action(let id, let handle):
            guard let connector = catalogue[id] else { return unknown(id) }
            let calls = replicas[id]?.calls.flatMap(\.names) ?? []
            let known = Set(connector.actions.map(\.handle) + calls + [TokenRequest.handle])
            guard !known.contains(handle) else { return nil }
            let actions = connector.actions.map(\.handle).joined(separator: ", ")
            let remedy =
                NearNames.question(handle, in: known.sorted())
                + (actions.isEmpty ? "it has only triggers" : "its actions are \(actions)")
                + (calls.isEmpty ? "" : "; calls of its API are named as call:NAME")
            return ("\(id) has no action “\(handle)”; \(remedy)", true)
        }
    }

    private func unknown(_ id: String) -> (what: String, isFault: Bool) {
        let near = NearNames.question(id, in: catalogue.connectors.map(\.id))
        return ("Sluice ships no connector “\(id)”; \(near)it counts if it is one of your own", false)
    }
}
