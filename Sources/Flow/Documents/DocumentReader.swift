import Liquid

/// Reads the members of one map and notes what is wrong instead of stopping at the first fault.
///
/// Use: read every known member, then call `finish()`, which refuses the unknown ones by name.
package final class DocumentReader {
    package let node: DocumentNode
    /// Where in the document this is, for messages: `steps[2].inputs`.
    package let path: String
    private let sink: DiagnosticSink
    private var members: [String: DocumentNode.Member] = [:]
    private var asked: Set<String> = []

    package init(_ node: DocumentNode, path: String, sink: DiagnosticSink) {
        self.node = node
        self.path = path
        self.sink = sink
        guard case .map(let list) = node.content else {
            sink.report(
                node.mark,
                "\(path.isEmpty ? "the document" : path): a map should stand here, not \(node.kindName)")
            return
        }
        for member in list where members.updateValue(member, forKey: member.name) != nil {
            sink.report(member.nameMark, "\(join(member.name)): stands here twice")
        }
    }

    package func join(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

    package func report(_ message: String, at mark: DocumentNode.Mark? = nil) {
        sink.report(mark ?? node.mark, message)
    }

    /// The node of a member, or nil where there is none.
    package func optional(_ name: String) -> DocumentNode? {
        asked.insert(name)
        return members[name]?.node
    }

    package func has(_ name: String) -> Bool { members[name] != nil }

    package func required(_ name: String) -> DocumentNode? {
        if let node = optional(name) { return node }
        sink.report(node.mark, "\(join(name)) is missing")
        return nil
    }

    package func string(_ name: String) -> String? {
        required(name).flatMap { text($0, name) }
    }

    package func optionalString(_ name: String) -> String? {
        optional(name).flatMap { text($0, name) }
    }

    private func text(_ node: DocumentNode, _ name: String) -> String? {
        guard case .scalar(.string(let text)) = node.content else {
            sink.report(
                node.mark, "\(join(name)): text should stand here, not \(node.kindName) (put it in quotes)")
            return nil
        }
        guard !text.isEmpty else {
            sink.report(node.mark, "\(join(name)) is empty")
            return nil
        }
        return text
    }

    package func optionalBool(_ name: String) -> Bool? {
        guard let node = optional(name) else { return nil }
        guard case .scalar(.bool(let flag)) = node.content else {
            sink.report(node.mark, "\(join(name)): true or false should stand here, not \(node.kindName)")
            return nil
        }
        return flag
    }

    package func optionalInteger(_ name: String, in range: ClosedRange<Int64>) -> Int64? {
        guard let node = optional(name) else { return nil }
        guard case .scalar(.integer(let number)) = node.content, range.contains(number) else {
            sink.report(
                node.mark,
                "\(join(name)): a whole number from \(range.lowerBound) to \(range.upperBound) should stand here"
            )
            return nil
        }
        return number
    }

    /// The items of a list; an absent list is empty.
    package func list(_ name: String, required isRequired: Bool = false) -> [DocumentNode] {
        guard let node = isRequired ? required(name) : optional(name) else { return [] }
        guard case .list(let items) = node.content else {
            sink.report(node.mark, "\(join(name)): a list should stand here, not \(node.kindName)")
            return []
        }
        return items
    }

    /// The members of a member that is a map with names of its own; an absent one has none.
    package func members(of name: String) -> [DocumentNode.Member] {
        guard let node = optional(name) else { return [] }
        guard case .map(let members) = node.content else {
            sink.report(node.mark, "\(join(name)): a map should stand here, not \(node.kindName)")
            return []
        }
        return members
    }

    package func strings(_ name: String) -> [String] {
        list(name).enumerated().compactMap { index, item in
            guard case .scalar(.string(let text)) = item.content else {
                sink.report(
                    item.mark, "\(join(name))[\(index)]: text should stand here, not \(item.kindName)")
                return nil
            }
            return text
        }
    }

    /// A reader of a member that is a map itself.
    package func reader(_ name: String) -> DocumentReader? {
        optional(name).map { DocumentReader($0, path: join(name), sink: sink) }
    }

    package func reader(of node: DocumentNode, _ place: String) -> DocumentReader {
        DocumentReader(node, path: place, sink: sink)
    }

    /// Refuses the members that nobody asked for.
    package func finish() {
        for member in members.values where !asked.contains(member.name) {
            let known = asked.sorted().joined(separator: ", ")
            sink.report(member.nameMark, "\(join(member.name)) is unknown here; allowed: \(known)")
        }
    }
}

/// Where readers of one document put what they found wrong.
package final class DiagnosticSink {
    package private(set) var items: [Diagnostic] = []
    private let file: String

    package init(file: String = "") {
        self.file = file
    }

    package func report(_ mark: DocumentNode.Mark?, _ message: String) {
        items.append(Diagnostic(file: file, mark: mark, message: message))
    }

    /// Throws all that was reported, in the order of the document.
    package func throwIfAny() throws(Diagnostics) {
        guard !items.isEmpty else { return }
        throw Diagnostics(
            items.sorted {
                ($0.mark?.line ?? 0, $0.mark?.column ?? 0) < ($1.mark?.line ?? 0, $1.mark?.column ?? 0)
            })
    }
}
