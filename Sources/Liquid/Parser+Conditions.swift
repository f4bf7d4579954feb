/// Conditions of `if`, `elsif` and `unless`, and the small steps that all of the parser shares.
extension Parser {
    private static let relations: [Token.Symbol: Condition.Relation] = [
        .equal: .equal, .unequal: .unequal, .unequalToo: .unequal, .less: .less, .atMost: .atMost,
        .greater: .greater, .atLeast: .atLeast,
    ]

    mutating func condition(_ head: TagHead) throws(TemplateError) -> Condition {
        let usage = "{% \(head.name) value == value and value contains value %}"
        var lexer = try Lexer(head.rest)
        var comparisons: [Condition.Comparison] = []
        while true {
            var comparison = try comparison(&lexer)
            if try lexer.take(word: "and") {
                comparison.joiner = .and
            } else if try lexer.take(word: "or") {
                comparison.joiner = .or
            }
            comparisons.append(comparison)
            if comparison.joiner == nil { break }
        }
        try Parser.expectEnd(lexer, usage: usage)
        return Condition(comparisons: comparisons)
    }

    private mutating func comparison(_ lexer: inout Lexer) throws(TemplateError) -> Condition.Comparison {
        let location = lexer.token.location
        var comparison = Condition.Comparison(left: try operand(&lexer), location: location)
        switch lexer.token.kind {
        case .symbol(let symbol): comparison.relation = Parser.relations[symbol]
        case .name("contains"): comparison.relation = .contains
        default: break
        }
        guard comparison.relation != nil else { return comparison }
        try lexer.advance()
        comparison.right = try operand(&lexer)
        return comparison
    }

    static func name(_ lexer: inout Lexer, usage: String) throws(TemplateError) -> String {
        guard case .name(let name) = lexer.token.kind else { throw unexpected(lexer.token, usage: usage) }
        try lexer.advance()
        return name
    }

    static func expect(_ symbol: Token.Symbol, _ lexer: inout Lexer, usage: String) throws(TemplateError) {
        guard try lexer.take(symbol) else { throw unexpected(lexer.token, usage: usage) }
    }

    static func expectEnd(_ lexer: Lexer, usage: String) throws(TemplateError) {
        guard lexer.token.kind == .end else { throw unexpected(lexer.token, usage: usage) }
    }

    static func unexpected(_ token: Token, usage: String) -> TemplateError {
        TemplateError(token.location, "unexpected \(token.shown)", remedy: "write it as `\(usage)`")
    }
}
