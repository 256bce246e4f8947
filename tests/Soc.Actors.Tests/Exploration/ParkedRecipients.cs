namespace Soc.Actors.Tests.Exploration;

/// <summary>What a checker does about recipients that are parked.</summary>
internal enum ParkedRecipients
{
    /// <summary>As built: they are woken and acknowledge themselves.</summary>
    Acknowledge,

    /// <summary>The checker posts, then looks, and counts a parked one as acknowledged: it will read its inbox before anything else.</summary>
    CountedAfterPosting,

    /// <summary>The checker looks first and posts then: the recipient may have woken in between.</summary>
    CountedBeforePosting,
}
