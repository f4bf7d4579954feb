/// A text under construction that refuses to grow past `Limits.outputBytes`.
struct BoundedText {
    private(set) var text = ""

    mutating func reserve(_ bytes: Int) { text.reserveCapacity(min(bytes, Limits.outputBytes)) }

    mutating func append(_ piece: String) throws(Fault) {
        guard text.utf8.count + piece.utf8.count <= Limits.outputBytes else { throw .textTooLong }
        text += piece
    }

    mutating func append(_ scalar: Unicode.Scalar) throws(Fault) {
        guard text.utf8.count + 4 <= Limits.outputBytes else { throw .textTooLong }
        text.unicodeScalars.append(scalar)
    }
}
