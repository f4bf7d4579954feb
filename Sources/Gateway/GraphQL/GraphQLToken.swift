/// A lexical unit of a document: GraphQL's tokens that are not ignored.
struct GraphQLToken: Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        case end
        /// One of `!$&():=@[]{|}`.
        case punctuator(UInt8)
        /// `...`
        case spread
        case name(String)
        /// Both numbers as they are written.
        case integer(String)
        case float(String)
        case string(String)
    }

    let kind: Kind
    let place: GraphQLPlace

    /// What stands there, in words for error messages.
    var description: String {
        switch kind {
        case .end: "end of file"
        case .punctuator(let byte): "“\(Character(Unicode.Scalar(byte)))”"
        case .spread: "“...”"
        case .name(let text), .integer(let text), .float(let text): "“\(text.prefix(40))”"
        case .string: "a string"
        }
    }
}
