// A header of a record.

/// A named value beside a record's key and value. Names may repeat, order is kept.
///
/// A header that another client wrote with a null value reads as an empty one: nothing of ours tells the
/// two apart.
package struct RecordHeader: Hashable, Sendable {
    package let name: String
    package let value: [UInt8]

    package init(name: String, value: [UInt8]) {
        self.name = name
        self.value = value
    }

    package init(name: String, value: String) {
        self.init(name: name, value: Array(value.utf8))
    }
}
