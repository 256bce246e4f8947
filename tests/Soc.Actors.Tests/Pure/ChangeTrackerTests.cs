using CsCheck;
using Soc.Actors.Protocol;

namespace Soc.Actors.Tests.Pure;

public class ChangeTrackerTests
{
    [Fact]
    public void P19_a_change_is_complete_with_the_last_acknowledgement_and_only_then() =>
        Gen.Select(Gen.Int[0, 9].HashSet[0, 8], Gen.Int[0, 12].Array[0, 60]).Sample((recipients, acknowledgements) =>
        {
            var tracker = new ChangeTracker();
            PendingChange change = tracker.Begin(7, 3, 1, 100, recipients);
            HashSet<int> missing = [.. recipients];
            int completions = change.IsComplete ? 1 : 0;
            foreach (int initiator in acknowledgements)
            {
                bool expected = missing.Remove(initiator);
                bool counted = tracker.Acknowledge(7, initiator, out PendingChange? found);
                Assert.Equal(expected, counted);
                Assert.Equal(counted ? change : null, found);
                completions += counted && change.IsComplete ? 1 : 0;
                Assert.Equal(missing.Order(), change.Missing);
                Assert.Equal(missing.Count == 0 ? 0 : 1, tracker.OpenCount);
            }

            Assert.Equal(missing.Count == 0 ? 1 : 0, completions);
            Assert.Equal(recipients.Count, change.Recipients);
        });

    [Fact]
    public void M9_an_acknowledgement_of_another_change_does_not_count()
    {
        var tracker = new ChangeTracker();
        PendingChange first = tracker.Begin(1, 0, 1, 0, [4, 5]);
        PendingChange second = tracker.Begin(2, 0, 2, 0, [4]);

        Assert.False(tracker.Acknowledge(3, 4, out _));
        Assert.True(tracker.Acknowledge(2, 4, out _));
        Assert.True(second.IsComplete);
        Assert.Equal([first], tracker.Open);
        Assert.Equal([4, 5], first.Missing);
        Assert.False(tracker.Acknowledge(2, 4, out _));
    }
}
