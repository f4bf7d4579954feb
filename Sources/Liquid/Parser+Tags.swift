/// One function per tag.
extension Parser {
    /// The node of a tag and of the block that it opens; nil for one that leaves nothing (a comment).
    mutating func tag(_ head: TagHead) throws(TemplateError) -> Node? {
        guard let tag = Tag(rawValue: head.name) else { throw Parser.unknown(head) }
        try enter(head.location)
        defer { leave() }
        switch tag {
        case .assign: return try assign(head)
        case .comment: return try comment(head)
        case .for: return try loop(head)
        case .if: return try conditional(head)
        case .raw:
            try Parser.expectEnd(try Lexer(head.rest), usage: "{% raw %}")
            return .verbatim(try scanner.verbatim(opening: head.location))
        case .unless: return try conditional(head)
        }
    }

    private static func unknown(_ head: TagHead) -> TemplateError {
        if Tag.dividers.contains(head.name) {
            let opener = head.name.hasPrefix("end") ? String(head.name.dropFirst(3)) : "if"
            return TemplateError(
                head.location, "`{% \(head.name) %}` doesn't belong to a block here",
                remedy: "remove it, or open `{% \(opener) … %}` before it and close what was opened since")
        }
        return TemplateError(
            head.location, "unknown tag `\(head.name.prefix(40))`", remedy: "supported tags: \(Tag.supported)"
        )
    }

    private mutating func assign(_ head: TagHead) throws(TemplateError) -> Node {
        let usage = "{% assign name = value | filter %}"
        var lexer = try Lexer(head.rest)
        let name = try Parser.name(&lexer, usage: usage)
        try Parser.expect(.assign, &lexer, usage: usage)
        let expression = try expression(&lexer)
        try Parser.expectEnd(lexer, usage: usage)
        assigned.insert(name)
        return .assign(name: name, expression)
    }

    /// Skips to the end that belongs to it: comments nest, and `raw` hides ends.
    private mutating func comment(_ head: TagHead) throws(TemplateError) -> Node? {
        var open = 1
        while let chunk = try scanner.next() {
            guard case .tag(let content) = chunk else { continue }
            let inner = try Parser.head(content)
            switch inner.name {
            case Tag.comment.rawValue: open += 1
            case Tag.comment.end: open -= 1
            case Tag.raw.rawValue: _ = try scanner.verbatim(opening: inner.location)
            default: break
            }
            if open == 0 { return nil }
        }
        throw Parser.unclosed(head)
    }

    /// `if` and `unless`, with any number of `elsif` and one `else`.
    private mutating func conditional(_ head: TagHead) throws(TemplateError) -> Node {
        let end = "end\(head.name)"
        var branches: [Node.Branch] = []
        var otherwise: [Node] = []
        var current = head
        while current.name != end {
            if current.name == "else" {
                (otherwise, _) = try nodes(until: [end], of: head)
                break
            }
            var condition = try condition(current)
            condition.isNegated = current.name == Tag.unless.rawValue
            let (body, next) = try nodes(until: ["elsif", "else", end], of: head)
            branches.append(Node.Branch(condition: condition, body: body))
            guard let next else { throw Parser.unclosed(head) }
            current = next
        }
        let node = Node.conditional(branches, otherwise: otherwise)
        guard node.isBlank else { return node }
        let silent = branches.map {
            Node.Branch(condition: $0.condition, body: $0.body.filter { !$0.isText })
        }
        return .conditional(silent, otherwise: otherwise.filter { !$0.isText })
    }

    private mutating func loop(_ head: TagHead) throws(TemplateError) -> Node {
        var loop = try loopHead(head)
        loopNames += [loop.variable, "forloop"]
        var end: TagHead?
        (loop.body, end) = try nodes(until: ["else", Tag.for.end], of: head)
        loopNames.removeLast(2)
        if end?.name == "else" {
            (loop.otherwise, _) = try nodes(until: [Tag.for.end], of: head)
        }
        if Node.loop(loop).isBlank {
            loop.body.removeAll(where: \.isText)
            loop.otherwise.removeAll(where: \.isText)
        }
        return .loop(loop)
    }

    private mutating func loopHead(_ head: TagHead) throws(TemplateError) -> Loop {
        let usage = "{% for item in list limit: 10 offset: 5 reversed %}"
        var lexer = try Lexer(head.rest)
        let variable = try Parser.name(&lexer, usage: usage)
        guard try lexer.take(word: "in") else { throw Parser.unexpected(lexer.token, usage: usage) }
        let start = lexer.token.start
        let collection = try operand(&lexer)
        var loop = Loop(
            variable: variable, collection: collection,
            name: "\(variable)-\(lexer.source(from: start))", location: head.location)
        while lexer.token.kind != .end {
            if try lexer.take(word: "reversed") {
                loop.isReversed = true
            } else if try lexer.take(word: "limit") {
                try Parser.expect(.colon, &lexer, usage: usage)
                loop.limit = try operand(&lexer)
            } else if try lexer.take(word: "offset") {
                try Parser.expect(.colon, &lexer, usage: usage)
                loop.offset = try lexer.take(word: "continue") ? .continue : .at(operand(&lexer))
            } else {
                guard try lexer.take(.comma) else { throw Parser.unexpected(lexer.token, usage: usage) }
            }
        }
        return loop
    }
}
