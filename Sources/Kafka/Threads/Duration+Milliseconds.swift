// Durations in the units and the range of librdkafka's calls.

extension Duration {
    /// Rounded up, so that a short wait isn't none.
    var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        let whole = seconds.multipliedReportingOverflow(by: 1000)
        guard !whole.overflow else { return Int.max / 4 }
        return Int(whole.partialValue) + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }

    /// At most a year: no sum of it with a moment overflows, and no caller can tell the difference.
    var bounded: Duration { min(self, .seconds(31_536_000)) }
}
