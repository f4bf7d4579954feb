// Counts what happened, so that a test can wait for "the third attempt" without sleeping.

/// Something that happens a number of times and can be awaited by its count.
///
///     let delivered = Signal("records delivered")
///     producer.onDelivery { delivered.fire() }
///     try await delivered.wait(count: 3, within: .seconds(5))
package final class Signal: Sendable {
    private let name: String
    private let fired = Observed(0)

    /// `name` appears in the error of a wait that ran out: what happens, in the plural.
    package init(_ name: String) {
        self.name = name
    }

    package var count: Int {
        fired.value
    }

    package func fire(_ times: Int = 1) {
        fired.update { $0 += times }
    }

    /// Waits until it has fired at least `count` times since it was made.
    package func wait(count: Int = 1, within limit: Duration) async throws {
        try await fired.wait(
            within: limit, for: "\(count) \(name)", seen: { "\($0)" }, until: { $0 >= count ? () : nil })
    }
}
