/// Compiles a source into nodes, in one pass, and notes the paths that it reads on the way.
///
/// Blocks are parsed by recursion, as deep as `Limits.depth`. Expressions are in `Parser+Expressions`,
/// conditions in `Parser+Conditions`, tags in `Parser+Tags`.
struct Parser {
    /// The head of a tag that was just read: its name, and what follows the name.
    struct TagHead {
        var name: String
        var location: Location
        var rest: Cursor
    }

    var scanner: Scanner
    /// Paths read from the context so far, in source order.
    var paths: [Path] = []
    /// Names that `assign` has set up to here: reading them is not reading the context.
    var assigned: Set<String> = []
    /// Names of the loops around this place.
    var loopNames: [String] = []
    private var depth = 0

    init(_ source: String) throws(TemplateError) {
        guard source.utf8.count <= Limits.sourceBytes else {
            throw TemplateError(
                Location(), "the template has \(source.utf8.count) bytes; \(Limits.sourceBytes) are allowed",
                remedy: "make it shorter")
        }
        scanner = Scanner(source)
    }

    /// The whole source.
    mutating func parse() throws(TemplateError) -> [Node] {
        try nodes(until: [], of: nil).nodes
    }

    /// Nodes up to a tag of one of these names, which is returned, or to the end of the source, where no
    /// block is open.
    mutating func nodes(
        until ends: Set<String>, of block: TagHead?
    ) throws(TemplateError) -> (nodes: [Node], end: TagHead?) {
        var nodes: [Node] = []
        while let chunk = try scanner.next() {
            switch chunk {
            case .text(let text): if !text.isEmpty { nodes.append(.text(text)) }
            case .output(let content): nodes.append(.output(try output(content)))
            case .tag(let content):
                let head = try Parser.head(content)
                if ends.contains(head.name) { return (nodes, head) }
                if let node = try tag(head) { nodes.append(node) }
            }
        }
        if let block { throw Parser.unclosed(block) }
        return (nodes, nil)
    }

    /// One level deeper; `leave` is due at the end of it.
    mutating func enter(_ location: Location) throws(TemplateError) {
        depth += 1
        guard depth <= Limits.depth else {
            throw TemplateError(
                location, "nested deeper than \(Limits.depth) levels", remedy: "nest less, or use `assign`")
        }
    }

    mutating func leave() { depth -= 1 }

    /// The name after `{%`, whatever it is made of.
    static func head(_ content: Cursor) throws(TemplateError) -> TagHead {
        var rest = content
        rest.skipWhitespace()
        let location = rest.location
        let start = rest.position
        while rest.current?.isNamePart == true { rest.advance() }
        if rest.position == start {
            while let byte = rest.current, !byte.isWhitespace { rest.advance() }
        }
        guard rest.position > start else {
            throw TemplateError(location, "a tag without a name", remedy: "supported tags: \(Tag.supported)")
        }
        return TagHead(name: rest.text(start..<rest.position), location: location, rest: rest)
    }

    static func unclosed(_ block: TagHead) -> TemplateError {
        TemplateError(
            block.location, "`{% \(block.name) %}` is never closed",
            remedy: "close it with `{% end\(block.name) %}`")
    }

    private mutating func output(_ content: Cursor) throws(TemplateError) -> Expression {
        var lexer = try Lexer(content)
        if lexer.token.kind == .end {
            return Expression(operand: .literal(.null), location: lexer.token.location)
        }
        let expression = try expression(&lexer)
        try Parser.expectEnd(lexer, usage: "{{ path | filter: argument }}")
        return expression
    }
}
