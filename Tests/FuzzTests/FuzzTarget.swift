import TestSupport

/// Something that reads what others wrote, with inputs that are valid.
struct FuzzTarget: CustomStringConvertible, Sendable {
    let name: String
    let samples: [FuzzInput]
    /// Whether there is nothing that it refuses.
    var acceptsAll = false
    /// Reads an input; false where it was refused. Throws what must not be, whatever the input.
    let read: @Sendable (FuzzInput) throws -> Bool

    var description: String { name }
}

/// A promise that an input broke.
struct FuzzViolation: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}

/// What is written is read back as it was.
func expectSame<Value: Equatable>(_ again: Value?, _ value: Value, _ what: String) throws {
    guard let again else { throw FuzzViolation("\(what) that was written is not read: \(value)") }
    guard again == value else {
        throw FuzzViolation("\(what) changes when it is written: \(value) to \(again)")
    }
}
