/// The tags that a template may use. A new one needs a case here, its node, its parsing in `Parser+Tags` and
/// its rendering in `Renderer+Tags`.
enum Tag: String, CaseIterable {
    case assign, comment, `for`, `if`, raw, unless

    /// The words that divide or end a block: allowed only inside of one.
    static let dividers: Set<String> = Set(["else", "elsif"] + allCases.map(\.end))

    /// The tag that ends this one's block.
    var end: String { "end\(rawValue)" }

    /// What the error about an unknown tag lists.
    static var supported: String { allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ") }
}
