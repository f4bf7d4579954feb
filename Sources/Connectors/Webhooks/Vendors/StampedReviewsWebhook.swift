internal import Flow
internal import Liquid

/// Stamped's webhooks for reviews, questions and Net Promoter Scores.
///
/// Source: https://support.stamped.io/article/834-webhooks (read 2026-11). Each topic has its own names of fields; of
/// the scores' body only `Id`, `Rating` and `Body` were seen. The signature is the secret itself.
struct StampedReviewsWebhook: VendorWebhook {
    let connector = "stamped-reviews"
    let proof = WebhookProof.sharedSecret(headers: ["X-Stamped-Webhook-Secret", "X-Secret-Key"])

    func meaning(of document: JSON, in message: WebhookMessage) -> WebhookMeaning {
        let topic = message.header("X-Stamped-Topic")
        switch Self.subject(topic, document) {
        case .review: return .events([Self.review(document)])
        case .question: return .events([Self.question(document)])
        case .score: return .events([Self.score(document)])
        case nil:
            return topic.map { .ignored("no trigger stands for the topic \($0.prefix(100))") }
                ?? .unusable("the header X-Stamped-Topic is missing, and the body is no review")
        }
    }

    private enum Subject {
        case review, question, score
    }

    /// The page lists the topics as Reviews, Questions & Answers and Net Promoter Scores; how the header spells them is
    /// not shown. Requests of before there were topics are reviews.
    private static func subject(_ topic: String?, _ document: JSON) -> Subject? {
        guard let words = topic?.lowercased() else {
            return document["reviewMessage"] == nil ? nil : .review
        }
        if words.contains("review") { return .review }
        if words.contains("question") { return .question }
        return words.contains("promoter") || words.contains("nps") ? .score : nil
    }

    private static func review(_ document: JSON) -> WebhookEvent {
        WebhookEvent(
            "new-review", id: id("review", document["id"]),
            [
                "product_id": document["productId"], "reviewId": document["id"],
                "author": document["author"], "customerEmail": document["customerEmail"],
                "reviewTitle": document["reviewTitle"], "reviewMessage": document["reviewMessage"],
                "reviewRating": document["reviewRating"],
                "reviewVerifiedType": document["reviewVerifiedType"],
                "productName": document["productName"], "productUrl": document["productUrl"],
                "productImageUrl": document["productImageUrl"], "dateCreated": document["dateCreated"],
            ])
    }

    private static func question(_ document: JSON) -> WebhookEvent {
        WebhookEvent(
            "new-question", id: id("question", document["id"]),
            [
                "product_id": document["product_id"], "questionId": document["id"],
                "message": document["message"], "name": document["name"], "email": document["email"],
                "productName": document["product_name"], "dateCreated": document["date_created"],
            ])
    }

    private static func score(_ document: JSON) -> WebhookEvent {
        WebhookEvent(
            "new-nps", id: id("nps", document["Id"]),
            ["score": document["Rating"], "comment": document["Body"]])
    }

    /// Each kind counts its own ids.
    private static func id(_ kind: String, _ id: JSON?) -> String? {
        id?.idText.map { "\(kind):\($0)" }
    }
}
