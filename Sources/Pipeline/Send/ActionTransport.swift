import Connectors

/// How a request reaches a vendor: a seam, so that tests answer without a network.
package protocol ActionTransport: Sendable {
    /// Never throws: no answer is an answer, too.
    func send(_ request: VendorRequest) async -> VendorAnswer
}
