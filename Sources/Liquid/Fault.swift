/// A `RenderError` that does not know its place yet: filters and comparisons throw it, the renderer adds the
/// place.
struct Fault: Error, Hashable {
    let message: String
    let remedy: String

    init(_ message: String, remedy: String) {
        self.message = message
        self.remedy = remedy
    }

    static let textTooLong = Fault(
        "the text is longer than \(Limits.outputBytes) bytes", remedy: "shorten it, or loop over less")
    static let listTooLong = Fault(
        "the list has more than \(Limits.elements) elements", remedy: "split or join less at a time")
    static let numberTooLarge = Fault("the result is too large for a number", remedy: "use smaller numbers")
    static let dividedByZero = Fault("divided by 0", remedy: "check the divisor, or give it a `default`")
}
