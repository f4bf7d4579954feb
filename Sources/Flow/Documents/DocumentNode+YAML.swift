import Liquid

import Yams

extension DocumentNode {
    /// Bytes of one file, at most.
    package static let sizeLimit = 16 * 1024 * 1024
    /// Nodes of one file after its aliases are followed, at most: a small file of nested aliases would otherwise
    /// unfold without end.
    package static let nodeLimit = 2_000_000
    /// Lists and maps within each other, at most: fewer than in JSON, because records wrap what is applied.
    package static let depthLimit = 48

    /// The documents of a YAML text (JSON is YAML, too), empty ones left out.
    ///
    /// - Throws: Diagnostics with the place where the text stops being YAML.
    package static func parse(yaml text: String, file: String = "") throws(Diagnostics) -> [DocumentNode] {
        guard text.utf8.count <= sizeLimit else {
            throw Diagnostics([
                Diagnostic(file: file, mark: nil, message: "larger than \(sizeLimit) bytes; split the file")
            ])
        }
        if let mark = YAMLAliases.placeInName(text) {
            throw Diagnostics([
                Diagnostic(
                    file: file, mark: mark,
                    message:
                        "an alias can't be a member's name, nor a part of one; write the name out, or, where this "
                        + "is text, leave the file's aliases out")
            ])
        }
        do {
            var budget = nodeLimit
            var documents: [DocumentNode] = []
            var nodes = try Yams.compose_all(yaml: text)
            while let node = nodes.next() {
                documents.append(try convert(node, file: file, depth: 0, budget: &budget))
            }
            // The sequence ends without a word where the text stops being YAML.
            if let error = nodes.error { throw error }
            return documents.filter { $0.content != .scalar(.null) }
        } catch let error as YamlError {
            throw Diagnostics([diagnostic(of: error, file: file)])
        } catch let error as Diagnostic {
            throw Diagnostics([error])
        } catch {
            throw Diagnostics([Diagnostic(file: file, mark: nil, message: "not YAML: \(error)")])
        }
    }

    private static func convert(_ node: Yams.Node, file: String, depth: Int, budget: inout Int) throws
        -> DocumentNode
    {
        let mark = node.mark.map { Mark(line: $0.line, column: $0.column) }
        budget -= 1
        guard budget > 0 else {
            throw Diagnostic(
                file: file, mark: mark,
                message:
                    "more than \(nodeLimit) nodes, its aliases followed, or too much text in them; split the file"
            )
        }
        guard depth <= depthLimit else {
            throw Diagnostic(file: file, mark: mark, message: "nested deeper than \(depthLimit) levels")
        }
        try checkTag(of: node, file: file, mark: mark)
        switch node {
        case .scalar(let scalar):
            // A text that aliases repeat is shared here, and written out in full later.
            budget -= scalar.string.utf8.count / bytesPerNode
            return DocumentNode(content: .scalar(value(of: node, scalar)), mark: mark)
        case .sequence(let sequence):
            var items: [DocumentNode] = []
            for item in sequence {
                items.append(try convert(item, file: file, depth: depth + 1, budget: &budget))
            }
            return DocumentNode(content: .list(items), mark: mark)
        case .mapping(let mapping):
            var members: [Member] = []
            for (name, item) in mapping {
                let nameMark = name.mark.map { Mark(line: $0.line, column: $0.column) }
                guard let text = name.scalar?.string else {
                    throw Diagnostic(file: file, mark: nameMark, message: "a member's name must be text")
                }
                let node = try convert(item, file: file, depth: depth + 1, budget: &budget)
                members.append(Member(name: text, nameMark: nameMark, node: node))
            }
            return DocumentNode(content: .map(members), mark: mark)
        case .alias(let alias):
            throw Diagnostic(
                file: file, mark: mark, message: "the alias *\(alias.anchor.rawValue) has no anchor")
        }
    }

    /// Texts may be as large as the file may be, and a few times over through aliases.
    private static let bytesPerNode = 32

    /// What a node without a tag of its own can be.
    private static let knownTags = Set(
        [
            Yams.Tag.Name.str, .int, .float, .bool, .null, .timestamp, .merge, .value, .map, .seq,
        ].map(\.rawValue))

    /// `!env FOO` means something elsewhere; here it would be the text FOO.
    private static func checkTag(of node: Yams.Node, file: String, mark: Mark?) throws(Diagnostic) {
        let tag = node.tag.description
        guard !knownTags.contains(tag) else { return }
        throw Diagnostic(
            file: file, mark: mark,
            message: "the tag \(tag) is unknown; write a plain value, such as ${NAME} or { env: NAME }")
    }

    /// Plain scalars follow YAML's core schema, quoted ones are text. Dates stay text.
    private static func value(of node: Yams.Node, _ scalar: Yams.Node.Scalar) -> JSON {
        guard scalar.style == .plain || scalar.style == .any else { return .string(scalar.string) }
        let text = scalar.string
        // `!!str 5`: whoever writes a tag wants text.
        if node.tag == Yams.Tag(.str) { return .string(text) }
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: break
        }
        if let integer = Int64(text), String(integer) == text { return .integer(integer) }
        guard text.contains(where: \.isNumber),
            !text.contains(where: { $0 == "x" || $0 == "n" || $0 == "p" }),
            let decimal = Double(text), decimal.isFinite
        else { return .string(text) }
        // 007, -007 and +5 look like numbers but would lose what was written.
        let digits = text.drop { $0 == "-" }
        return digits.hasPrefix("0") && digits != "0" && !digits.hasPrefix("0.") || text.hasPrefix("+")
            ? .string(text) : .decimal(decimal)
    }

    private static func diagnostic(of error: YamlError, file: String) -> Diagnostic {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            Diagnostic(
                file: file, mark: Mark(line: mark.line, column: mark.column), message: "not YAML: \(problem)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            Diagnostic(
                file: file, mark: Mark(line: context.mark.line, column: context.mark.column),
                message: "stands here twice: \(duplicates.joined(separator: ", "))")
        default:
            Diagnostic(file: file, mark: nil, message: "not YAML: \(error)")
        }
    }
}
