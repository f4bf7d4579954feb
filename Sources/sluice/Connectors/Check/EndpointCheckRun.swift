// Sends what a check of an endpoint wants sent.

import Connectors
import Flow
import Foundation
import Liquid
import Outgoing
import Pipeline

/// Plays a check to its end, one request after the other.
struct EndpointCheckRun: Sendable {
    let secret: [UInt8]
    let shopID: JSON?
    let timeout: Duration
    /// Where requests may go, beyond where senders send without being told.
    let policy: AddressPolicy

    func play(_ check: EndpointCheck) async throws -> EndpointCheck {
        let outside = try HTTPTransport(concurrency: 1, policy: AddressPolicy())
        let inside = try HTTPTransport(concurrency: 1, policy: policy)
        let played: Result<EndpointCheck, any Error>
        do {
            played = .success(try await play(check, outside, inside))
        } catch {
            played = .failure(error)
        }
        await outside.close()
        await inside.close()
        return try played.get()
    }

    /// The first request is tried as a sender would send it, so that the report can say whether one would.
    private func play(
        _ check: EndpointCheck, _ outside: HTTPTransport, _ inside: HTTPTransport
    ) async throws -> EndpointCheck {
        var check = check
        while case .send(let probe, let pause) = check.next {
            if pause > .zero { try await Task.sleep(for: pause) }
            var (answer, elapsed) = try await send(
                probe, check, by: check.insideOnly == nil ? outside : inside)
            // Nothing has gone out.
            if check.exchanges.isEmpty, case .refused(let reason) = answer {
                (answer, elapsed) = try await send(probe, check, by: inside)
                if case .refused = answer {} else { check.insideOnly = reason }
            }
            check.note(answer, to: probe, elapsed: elapsed, now: Self.now)
        }
        return check
    }

    private func send(
        _ probe: EndpointProbe, _ check: EndpointCheck, by transport: HTTPTransport
    ) async throws -> (VendorAnswer, Duration) {
        let request = try probe.request(
            for: check.action, endpoint: check.endpoint, shopID: shopID, secret: secret, now: Self.now,
            timeout: timeout)
        let start = ContinuousClock.now
        let answer = await transport.send(request)
        return (answer, start.duration(to: .now))
    }

    private static var now: Int64 { Int64(Date().timeIntervalSince1970) }
}
