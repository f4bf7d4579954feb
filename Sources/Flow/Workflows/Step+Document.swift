import Liquid

extension Step {
    /// Steps within steps, at most.
    package static let depthLimit = 8
    /// Flow's limit of a wait.
    package static let waitLimit = Duration.seconds(90 * 24 * 3600)

    /// Reads the steps of a list. `path` is the place of the list: empty, or `2.then.`.
    package static func steps(
        _ name: String, of reader: DocumentReader, path: String = "", depth: Int = 0, catalogue: Catalogue?
    ) -> [PlacedStep] {
        reader.list(name).enumerated().compactMap { index, node in
            let place = "\(path)\(index)"
            let item = reader.reader(of: node, "\(reader.join(name))[\(index)]")
            return Step(item, path: place, depth: depth, catalogue: catalogue).map {
                PlacedStep(path: place, step: $0)
            }
        }
    }

    package init?(_ reader: DocumentReader, path: String, depth: Int = 0, catalogue: Catalogue?) {
        guard depth <= Self.depthLimit else {
            reader.report("\(reader.path): branches within branches deeper than \(Self.depthLimit)")
            return nil
        }
        document = reader.node.value
        id = reader.optionalString("id") ?? "step_\(path.map { $0 == "." ? "_" : String($0) }.joined())"
        defer { reader.finish() }
        if reader.has("action") {
            guard let kind = Self.action(reader, catalogue) else { return nil }
            self.kind = kind
        } else if let condition = reader.reader("if") {
            let then = Self.steps(
                "then", of: reader, path: "\(path).then.", depth: depth + 1, catalogue: catalogue)
            let otherwise = Self.steps(
                "otherwise", of: reader, path: "\(path).otherwise.", depth: depth + 1, catalogue: catalogue)
            guard let condition = Condition(condition) else { return nil }
            kind = .branch(condition, then: then, otherwise: otherwise)
        } else if reader.has("wait") {
            guard let wait = Self.wait(reader) else { return nil }
            kind = .wait(wait)
        } else {
            reader.report("\(reader.path): a step has one of action, if, wait")
            return nil
        }
    }

    private static func action(_ reader: DocumentReader, _ catalogue: Catalogue?) -> Kind? {
        guard let text = reader.string("action") else { return nil }
        guard let action = ActionReference(text) else {
            reader.report(
                "\(reader.join("action")): “\(text)” should be connector/action, as in slack/send-message",
                at: reader.optional("action")?.mark)
            return nil
        }
        var inputs: [String: Input] = [:]
        // An input whose template is wrong is there all the same.
        var names: Set<String> = []
        if let node = reader.optional("inputs") {
            guard case .map(let members) = node.content else {
                reader.report(
                    "\(reader.join("inputs")): a map should stand here, not \(node.kindName)", at: node.mark)
                return nil
            }
            for member in members {
                inputs[member.name] = input(member, reader)
            }
            names = Set(members.map(\.name))
        }
        if let catalogue { catalogue.check(action, inputs: names, reader) }
        return .action(action, inputs: inputs)
    }

    private static func input(_ member: DocumentNode.Member, _ reader: DocumentReader) -> Input? {
        guard case .scalar(.string(let text)) = member.node.content else {
            return .constant(member.node.value)
        }
        do throws(TemplateError) {
            return .template(try Template(text))
        } catch {
            // A template on one line of YAML begins at the scalar's place; in a block its lines follow below it.
            reader.report(
                "\(reader.join("inputs")).\(member.name): the template can't be compiled: line \(error.line), "
                    + "column \(error.column): \(error.message)", at: member.node.mark)
            return nil
        }
    }

    private static func wait(_ reader: DocumentReader) -> Duration? {
        guard let text = reader.string("wait") else { return nil }
        guard let duration = Duration(shortForm: text), duration > .zero, duration <= waitLimit else {
            reader.report(
                "\(reader.join("wait")): “\(text)” should be a time like 30s, 10m, 2h or 3d, 90d at most",
                at: reader.optional("wait")?.mark)
            return nil
        }
        return duration
    }
}

extension Duration {
    /// Reads `250ms`, `30s`, `10m`, `2h`, `3d`; nil for anything else.
    package init?(shortForm text: String) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard let count = Int64(digits), count <= 1_000_000_000 else { return nil }
        switch text.dropFirst(digits.count) {
        case "ms": self = .milliseconds(count)
        case "s": self = .seconds(count)
        case "m": self = .seconds(count * 60)
        case "h": self = .seconds(count * 3600)
        case "d": self = .seconds(count * 86400)
        default: return nil
        }
    }

    /// Whole milliseconds, rounded up: a delay never gets shorter on its way through a record.
    package var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    }
}
