/// What an app answered.
package struct VendorResponse: Sendable {
    package let status: Int
    package let headers: [(name: String, value: String)]
    /// The sender reads up to a limit, which must be above every limit of a return value.
    package let body: [UInt8]
    /// The body was longer than that limit.
    package let isCut: Bool

    package init(
        status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = [], isCut: Bool = false
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.isCut = isCut
    }

    /// The first header of that name, whatever its case.
    package func header(_ name: String) -> String? { headers.first(named: name) }
}

extension [(name: String, value: String)] {
    func first(named name: String) -> String? {
        first { Self.foldCase($0.name).elementsEqual(Self.foldCase(name)) }?.value
    }

    /// Header names are ASCII, and no letter of theirs differs from another in this bit alone save by case.
    private static func foldCase(_ name: String) -> some Sequence<UInt8> { name.utf8.lazy.map { $0 | 0x20 } }
}
