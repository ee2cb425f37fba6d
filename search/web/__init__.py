"""The pages: server-rendered, in Korean and English, working without JavaScript and quicker with it."""
