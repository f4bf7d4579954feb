/// A word of what stands inside `{{ … }}` and `{% … %}`.
struct Token: Equatable {
    enum Kind: Equatable {
        case name(String)
        case string(String)
        case number(Value)
        case symbol(Symbol)
        case end
    }

    /// Longer ones first: the lexer takes the first that fits.
    enum Symbol: String, CaseIterable {
        case equal = "=="
        case unequal = "!="
        case unequalToo = "<>"
        case atMost = "<="
        case atLeast = ">="
        case range = ".."
        case less = "<"
        case greater = ">"
        case assign = "="
        case pipe = "|"
        case colon = ":"
        case comma = ","
        case dot = "."
        case openBracket = "["
        case closeBracket = "]"
        case openParenthesis = "("
        case closeParenthesis = ")"
    }

    var kind: Kind
    var location: Location
    /// Where its source begins and ends, in bytes.
    var start: Int
    var end: Int

    /// The token as an error message shows it.
    var shown: String {
        switch kind {
        case .name(let name): "`\(name.prefix(40))`"
        case .string(let string): "the string \"\(string.prefix(40))\""
        case .number(.integer(let integer)): "the number \(integer)"
        case .number: "a number"
        case .symbol(let symbol): "`\(symbol.rawValue)`"
        case .end: "the end"
        }
    }
}
