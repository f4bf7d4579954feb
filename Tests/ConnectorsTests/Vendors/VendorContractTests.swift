import Flow
import Liquid
import Testing

@testable import Connectors

/// Each vendor's code against its API as documented: what is sent, and what each answer comes to.
@Suite struct VendorContractTests {
    @Test(arguments: VendorFixture.all)
    func `every action of a vendor's API has a golden request that succeeds`(vendor: VendorFixture) {
        let actions = vendor.definition.actions.filter { $0.delivery.channel == .vendorAPI }.map(\.handle)
        let proven = Set(
            vendor.golden.filter { $0.outcome == .succeeded || $0.outcome == .proceeded }.map(\.action))
        #expect(!actions.isEmpty)
        #expect(proven == Set(actions))
    }

    @Test(arguments: VendorFixture.all.flatMap { vendor in vendor.golden.map { (vendor, $0) } })
    func `what is sent for given inputs is as written down`(vendor: VendorFixture, golden: GoldenRequest)
        async throws
    {
        let attempt = try await vendor.attempt(golden)
        #expect(attempt.outcome.meaning == golden.outcome, "\(attempt.outcome)")
        if let says = golden.says { #expect(attempt.outcome.text.contains(says), "\(attempt.outcome)") }
        if let returned = golden.returned { #expect(attempt.outcome.returned == returned) }
        #expect(attempt.replies.compactMap(\.fault) == [])
        try #require(attempt.requests.count == golden.sends.count, "\(attempt.requests.map(\.url))")
        for (request, wanted) in zip(attempt.requests, golden.sends) {
            #expect(request.method == wanted.method)
            #expect(request.url == wanted.url.replacing("{run}", with: VendorFixture.run))
            for (name, value) in wanted.headers {
                #expect(request.header(name) == value.replacing("{run}", with: VendorFixture.run), "\(name)")
            }
            let body = wanted.body.map { $0.jsonText.replacing("{run}", with: VendorFixture.run) } ?? ""
            #expect(String(decoding: request.body, as: UTF8.self) == body)
            #expect(request.header("Idempotency-Key") == VendorFixture.run)
        }
    }

    @Test(arguments: VendorFixture.all)
    func `each documented answer of each call comes to what is written beside it`(vendor: VendorFixture)
        async throws
    {
        for call in vendor.replica.calls {
            let golden = try #require(
                try await Self.golden(of: vendor, making: call),
                "no golden request makes the call \(call.name)")
            for answer in call.answers {
                let attempt = try await vendor.attempt(golden) { $0.name == call.name ? answer.name : nil }
                let what: Comment = "\(call.name): \(answer.name) came to \(attempt.outcome)"
                #expect(attempt.outcome.meaning == answer.meaning, what)
                if let after = answer.after { #expect(attempt.outcome.after == .seconds(after), what) }
                if let says = answer.says { #expect(attempt.outcome.text.contains(says), what) }
            }
        }
    }

    @Test(arguments: VendorFixture.all)
    func `a call that ends without an answer leaves the doubt that it leaves`(vendor: VendorFixture)
        async throws
    {
        for golden in vendor.golden where golden.outcome == .succeeded && !golden.sends.isEmpty {
            let lost = try await vendor.attempt(golden) { _ in "no such answer" }
            // The replica says 500 for it: broken, with doubt.
            guard case .ended(.retry(_, _, let cause)) = lost.outcome else {
                Issue.record("\(golden.place): \(lost.outcome)")
                continue
            }
            let call = try #require(lost.replies.first?.call)
            #expect(cause.leavesDoubt != call.isHarmless, "\(golden.place): \(call.name)")
        }
    }

    /// The first golden request whose attempt makes a call with the usual answers.
    private static func golden(
        of vendor: VendorFixture, making call: DocumentedCall
    ) async throws -> GoldenRequest? {
        for golden in vendor.golden {
            let attempt = try await vendor.attempt(golden)
            if attempt.replies.contains(where: { $0.call?.name == call.name }) { return golden }
        }
        return nil
    }
}

extension VendorOutcome {
    var meaning: DocumentedAnswer.Meaning? {
        switch self {
        case .unauthorized: .unauthorized
        case .unclear: .unclear
        case .ended(.succeeded): .succeeded
        case .ended(.proceeded): .proceeded
        case .ended(.retry): .retry
        case .ended(.rejected): .rejected
        case .ended: nil
        }
    }

    var text: String {
        switch self {
        case .unauthorized(let reason), .unclear(let reason): reason
        case .ended(let outcome): outcome.reason ?? ""
        }
    }

    var after: Duration? {
        if case .ended(.retry(let after, _, _)) = self { after } else { nil }
    }

    var returned: JSON? {
        switch self {
        case .ended(.succeeded(let returned)): returned
        case .ended(.proceeded(let checkpoint, _)): checkpoint
        default: nil
        }
    }
}
