using Soc.Actors.Messages;
using Soc.Actors.Time;

namespace Soc.Actors.Tests.Pure;

public class InboxTests
{
    private static Envelope Message(ulong deliverAt, long sequence = 0) => new(deliverAt, 1, sequence, 0, deliverAt, new TimerDeadline(deliverAt, 0));

    [Fact]
    public void A_parked_owner_is_woken_exactly_once()
    {
        int exits = 0;
        int wakes = 0;
        var inbox = new Inbox(() => exits++) { Wake = () => wakes++ };

        inbox.BeginSlice();
        Assert.True(inbox.TryPark());
        inbox.Post(Message(1));
        inbox.Post(Message(2));
        inbox.Nudge();

        Assert.Equal((3, 1), (exits, wakes));
    }

    [Fact]
    public void A_nudge_without_a_message_keeps_the_owner_from_parking()
    {
        // A timer that fires between its start and the park.
        var inbox = new Inbox(() => { }) { Wake = () => Assert.Fail("the owner is awake") };

        inbox.BeginSlice();
        inbox.Nudge();

        Assert.False(inbox.TryPark());
        inbox.BeginSlice();
        Assert.True(inbox.TryPark());
    }

    [Fact]
    public void In_lockstep_messages_come_out_in_the_total_order()
    {
        var inbox = new Inbox(() => { }, new EventOrder(0));
        inbox.Put(Message(950, 1));
        inbox.Put(Message(300, 2));

        Assert.True(inbox.TryPeek(out Envelope? next));
        Assert.Equal(300UL, next!.DeliverAt);
        Assert.True(inbox.TryTake(out _));
        Assert.True(inbox.TryTake(out next));
        Assert.Equal(950UL, next!.DeliverAt);
        Assert.False(inbox.TryTake(out _));
    }

    [Fact]
    public void No_wake_up_is_lost_between_real_threads()
    {
        const int Messages = 20_000;
        const int Senders = 2;
        using var wake = new SemaphoreSlim(0);
        var inbox = new Inbox(() => { }) { Wake = () => wake.Release() };
        int received = 0;
        int doubles = 0;
        var senders = new Thread[Senders];
        for (int i = 0; i < Senders; i++)
        {
            senders[i] = new Thread(() =>
            {
                for (int message = 0; message < Messages; message++)
                {
                    inbox.Post(Message((ulong)message));
                }
            });
            senders[i].Start();
        }

        while (received < Messages * Senders)
        {
            inbox.BeginSlice();
            while (inbox.TryTake(out _))
            {
                received++;
            }

            if (received < Messages * Senders && inbox.TryPark())
            {
                Assert.True(wake.Wait(TimeSpan.FromSeconds(30)), $"asleep with {received} messages");
                doubles += wake.CurrentCount;
            }
        }

        Array.ForEach(senders, sender => sender.Join());
        Assert.Equal(0, doubles);
    }
}
