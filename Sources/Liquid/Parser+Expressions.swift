/// Values, paths and filters, as they stand in outputs and tags.
extension Parser {
    private static let literals: [String: Operand] = [
        "true": .literal(true), "false": .literal(false), "nil": .literal(.null), "null": .literal(.null),
        "empty": .empty, "blank": .blank,
    ]

    mutating func expression(_ lexer: inout Lexer) throws(TemplateError) -> Expression {
        let location = lexer.token.location
        var expression = Expression(operand: try operand(&lexer), location: location)
        while try lexer.take(.pipe) {
            let call = try filterCall(&lexer)
            try Parser.refuseClock(call, expression)
            expression.filters.append(call)
        }
        return expression
    }

    mutating func operand(_ lexer: inout Lexer) throws(TemplateError) -> Operand {
        let token = lexer.token
        switch token.kind {
        case .string(let string):
            try lexer.advance()
            return .literal(.string(string))
        case .number(let number):
            try lexer.advance()
            return .literal(number)
        case .name(let name):
            if let literal = Parser.literals[name] {
                try lexer.advance()
                return literal
            }
            return .path(try path(&lexer))
        case .symbol(.openBracket): return .path(try path(&lexer))
        case .symbol(.openParenthesis): return try range(&lexer)
        case .symbol, .end:
            throw TemplateError(
                token.location, "expected a value, found \(token.shown)",
                remedy: "write a path, a \"string\", a number, true, false, nil, empty, blank or (1..5)")
        }
    }

    private mutating func range(_ lexer: inout Lexer) throws(TemplateError) -> Operand {
        let location = lexer.token.location
        try enter(location)
        defer { leave() }
        try lexer.advance()
        let first = try operand(&lexer)
        try Parser.expect(.range, &lexer, usage: "(1..5)")
        let last = try operand(&lexer)
        try Parser.expect(.closeParenthesis, &lexer, usage: "(1..5)")
        return .range(first, last, location)
    }

    private mutating func path(_ lexer: inout Lexer) throws(TemplateError) -> VariablePath {
        let location = lexer.token.location
        let place = paths.count
        var path: VariablePath
        if case .name(let name) = lexer.token.kind {
            try lexer.advance()
            path = VariablePath(root: .name(name))
        } else {
            path = VariablePath(root: try bracketedRoot(&lexer))
        }
        while true {
            if try lexer.take(.dot) {
                path.steps.append(.member(try Parser.name(&lexer, usage: "object.key")))
            } else if lexer.token.kind == .symbol(.openBracket) {
                path.steps.append(try bracketed(&lexer))
            } else {
                break
            }
        }
        note(path, location, at: place)
        return path
    }

    private mutating func bracketedRoot(_ lexer: inout Lexer) throws(TemplateError) -> VariablePath.Root {
        switch try bracketed(&lexer) {
        case .member(let name), .key(let name): .name(name)
        case .index(let index): .computed(.literal(.integer(index)))
        case .computed(let operand): .computed(operand)
        }
    }

    private mutating func bracketed(_ lexer: inout Lexer) throws(TemplateError) -> VariablePath.Step {
        try enter(lexer.token.location)
        defer { leave() }
        try lexer.advance()
        let operand = try operand(&lexer)
        try Parser.expect(.closeBracket, &lexer, usage: "object[\"key\"]")
        switch operand {
        case .literal(.string(let key)): return .key(key)
        case .literal(.integer(let index)): return .index(index)
        default: return .computed(operand)
        }
    }

    /// Notes what the path reads of the context, before the paths inside its brackets.
    private mutating func note(_ path: VariablePath, _ location: Location, at place: Int) {
        guard case .name(let root) = path.root, !assigned.contains(root), !loopNames.contains(root) else {
            return
        }
        let components = path.steps.map { step -> Path.Component in
            switch step {
            case .member(let key), .key(let key): .key(key)
            case .index(let index): .index(index)
            case .computed: .computed
            }
        }
        paths.insert(Path(root: root, components: components, location: location), at: place)
    }

    private mutating func filterCall(_ lexer: inout Lexer) throws(TemplateError) -> FilterCall {
        let token = lexer.token
        let name = try Parser.name(&lexer, usage: "value | filter: argument")
        guard let filter = Filter.all[name] else { throw Filter.unknown(name, at: token.location) }
        var call = FilterCall(filter: filter, location: token.location)
        if try lexer.take(.colon) {
            repeat { try argument(&lexer, of: &call) } while try lexer.take(.comma)
        }
        guard filter.arguments.contains(call.positional.count) else {
            throw filter.wrongCount(call.positional.count, at: token.location)
        }
        return call
    }

    /// A value, or `option: value`.
    private mutating func argument(_ lexer: inout Lexer, of call: inout FilterCall) throws(TemplateError) {
        let token = lexer.token
        guard case .name(let option) = token.kind, lexer.isFollowedByColon else {
            call.positional.append(try operand(&lexer))
            return
        }
        guard call.filter.options.contains(option) else {
            throw call.filter.unknownOption(option, at: token.location)
        }
        try lexer.advance()
        try lexer.advance()
        call.named[option] = try operand(&lexer)
    }

    /// `"now" | date` would render differently every time, and a run that is repeated must not.
    private static func refuseClock(_ call: FilterCall, _ expression: Expression) throws(TemplateError) {
        guard call.filter.name == "date", expression.filters.isEmpty,
            case .literal(.string(let text)) = expression.operand, Moment.isClockWord(text)
        else { return }
        let fault = Moment.clockRefused(text)
        throw TemplateError(expression.location, fault.message, remedy: fault.remedy)
    }
}
