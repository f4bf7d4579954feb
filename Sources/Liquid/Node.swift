/// What a template is compiled to. Without tags that is a flat list of texts and outputs; what belongs to tags
/// is kept indirect, so that such a list is small.
enum Node: Sendable {
    case text(String)
    /// The inside of `{% raw %}`: text that counts as output even where it is white space.
    case verbatim(String)
    case output(Expression)
    indirect case assign(name: String, Expression)
    /// `if` and `unless`: the first branch whose condition holds.
    case conditional([Branch], otherwise: [Node])
    indirect case loop(Loop)

    struct Branch: Sendable {
        var condition: Condition
        var body: [Node]
    }

    /// Whether it prints nothing but white space. A block of only such nodes prints nothing at all.
    var isBlank: Bool {
        switch self {
        case .text(let text): text.utf8.allSatisfy(\.isWhitespace)
        case .verbatim(let text): text.isEmpty
        case .output: false
        case .assign: true
        case .conditional(let branches, let otherwise):
            branches.allSatisfy { $0.body.allSatisfy(\.isBlank) } && otherwise.allSatisfy(\.isBlank)
        case .loop(let loop): loop.body.allSatisfy(\.isBlank) && loop.otherwise.allSatisfy(\.isBlank)
        }
    }

    /// About how many bytes it prints, to make room before rendering.
    var likelyLength: Int {
        switch self {
        case .text(let text), .verbatim(let text): text.utf8.count
        case .output: 24
        case .assign, .conditional, .loop: 0
        }
    }

    var isText: Bool { if case .text = self { true } else { false } }
}
