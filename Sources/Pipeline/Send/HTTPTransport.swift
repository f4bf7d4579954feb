import Connectors
package import Outgoing

/// Sends requests over pooled connections, to allowed addresses only: `Outgoing` in the words of vendors.
package final class HTTPTransport: ActionTransport {
    private let client: HTTPClient

    /// - Parameters:
    ///   - concurrency: requests at once.
    ///   - policy: where they may go. Beyond public addresses nowhere, unless it says so.
    package init(concurrency: Int, policy: AddressPolicy) throws {
        var configuration = HTTPClientConfiguration(concurrency: concurrency)
        configuration.policy = policy
        // Flow's limit of a return value, and some room for an excerpt of what is longer.
        configuration.bodyLimit = 128 * 1024
        client = try HTTPClient(configuration)
    }

    package func close() async {
        await client.close()
    }

    package func send(_ request: VendorRequest) async -> VendorAnswer {
        let outgoing = HTTPRequest(
            method: request.method, url: request.url, headers: request.headers, body: request.body,
            timeout: request.timeout)
        switch await client.send(outgoing) {
        case .success(let answer):
            return .response(
                VendorResponse(
                    status: answer.status, headers: answer.headers, body: answer.body, isCut: answer.isCut))
        case .failure(.refused(let address, let kind)):
            return .refused(
                reason: "the endpoint leads to \(address), \(kind), which sender.allowedNetworks doesn't name"
            )
        case .failure(.invalid(let reason)): return .refused(reason: reason)
        case .failure(let fault):
            return .noAnswer(reason: fault.description, wasSent: fault.mayHaveBeenSent)
        }
    }
}
