internal import Flow
internal import Liquid

// Inputs that several vendors take in one form only. What isn't of that form is told before anything is sent.

extension VendorCall {
    /// The number of an object of the store, which vendors know it by: `1` of `gid://shopify/Customer/1`.
    func storeID(_ key: String) throws(EarlyEnd) -> String {
        let text = try needed(key)
        let id = text.split(separator: "/").last ?? ""
        guard !id.isEmpty, id.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
            throw .rejected("not sent: the input \(key) is no id of the store: “\(text.prefix(60))”")
        }
        return String(id)
    }

    /// An input that must be there, and a whole number within a range.
    func wholeNumber(_ key: String, in range: ClosedRange<Int64>) throws(EarlyEnd) -> Int64 {
        let text = try needed(key)
        guard let number = try number(key)?.integerValue, range.contains(number) else {
            throw .rejected(
                "not sent: the input \(key) should be a whole number from \(range.lowerBound) to"
                    + " \(range.upperBound), not “\(text.prefix(40))”")
        }
        return number
    }

    /// A reason that people read, with the run's id behind it, by which a later look finds what was done.
    func markedReason(_ key: String) -> JSON {
        .string(text(key).map { "\($0) (ref \(id))" } ?? "ref \(id)")
    }

    /// What was done for this run was done after this moment, seconds since 1970: the day before its event, because
    /// clocks differ. Nil where the event's time isn't known.
    var notBefore: Int64? { run.eventTime.map { $0 / 1000 - 86_400 } }
}
